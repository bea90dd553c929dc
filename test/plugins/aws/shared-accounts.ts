import type { Properties } from "../provider.ts";

/** Which accounts a snapshot is shared with from now on, and no longer; undefined where nothing changes. */
export function accountChanges(
  olds: Properties,
  news: Properties,
): { ValuesToAdd: string[]; ValuesToRemove: string[] } | undefined {
  const [before, after] = [olds, news].map(
    ({ sharedAccounts }) => new Set((sharedAccounts ?? []) as string[]),
  );
  const ValuesToAdd = [...(after ?? [])].filter((account) => before?.has(account) !== true);
  const ValuesToRemove = [...(before ?? [])].filter((account) => after?.has(account) !== true);
  return ValuesToAdd.length + ValuesToRemove.length === 0 ? undefined : { ValuesToAdd, ValuesToRemove };
}
