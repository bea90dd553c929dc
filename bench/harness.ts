/** One thing that is measured. */
export interface Contestant {
  name: string;
  /** What has to be there before `run` and does not count. Default: nothing. */
  prepare?: (() => Promise<void>) | undefined;
  run: () => Promise<void>;
  /** Clears away what `prepare` or `run` left; does not count. Default: nothing. */
  after?: (() => Promise<void>) | undefined;
}

/** What was measured, milliseconds. */
export interface Measurement {
  name: string;
  median: number;
  fastest: number;
  slowest: number;
}

/**
 * Runs all contestants in turn, round after round, so that whatever else the machine does touches all of them
 * alike; the first round only warms up. Clocks differ between machines: compare ratios, not times.
 */
export async function compare(contestants: Contestant[], rounds: number): Promise<Measurement[]> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const contestant of contestants) {
      const time = await timeOf(contestant);
      if (round > 0) times.get(contestant.name)?.push(time);
    }
  return [...times].map(([name, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (fraction: number): number => sorted[Math.floor((sorted.length - 1) * fraction)] ?? NaN;
    return { name, median: at(0.5), fastest: at(0), slowest: at(1) };
  });
}

async function timeOf({ prepare, run, after }: Contestant): Promise<number> {
  await prepare?.();
  try {
    const startedAt = performance.now();
    await run();
    return performance.now() - startedAt;
  } finally {
    await after?.();
  }
}

/** Prints the measurements as a table, each with the ratios of its median and of its fastest to the first's. */
export function printTable(title: string, measurements: Measurement[]): void {
  const [base] = measurements;
  console.log(`\n${title}\n`);
  console.log(
    "| contestant | median ms | fastest | slowest | ratio | of the fastest |\n| --- | ---: | ---: | ---: | ---: | ---: |",
  );
  for (const { name, median, fastest, slowest } of measurements) {
    const figures = [median, fastest, slowest].map((time) => time.toFixed(0));
    const ratios = [median / (base?.median ?? NaN), fastest / (base?.fastest ?? NaN)];
    console.log(`| ${[name, ...figures, ...ratios.map((ratio) => ratio.toFixed(2))].join(" | ")} |`);
  }
}

/** Stands in for a test's context: remembers what has to be cleaned up. */
export class CleanUp {
  readonly #tasks: (() => unknown)[] = [];

  after(task: () => unknown): void {
    this.#tasks.push(task);
  }

  async run(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task();
  }
}
