/** Number of files read at the same time: enough to hide the disk's latency, far below any limit on open files. */
const concurrentReads = 64;

/** Runs `work` for each item, several at a time, and returns the results in the items' order. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += concurrentReads)
    results.push(...(await Promise.all(items.slice(at, at + concurrentReads).map(work))));
  return results;
}
