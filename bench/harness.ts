/** One thing that is measured. */
export interface Contestant {
  name: string;
  run: () => Promise<void>;
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
    for (const { name, run } of contestants) {
      const startedAt = performance.now();
      await run();
      if (round > 0) times.get(name)?.push(performance.now() - startedAt);
    }
  return [...times].map(([name, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (fraction: number): number => sorted[Math.floor((sorted.length - 1) * fraction)] ?? NaN;
    return { name, median: at(0.5), fastest: at(0), slowest: at(1) };
  });
}

/** Prints the measurements as a table, each with its ratio to the first. */
export function printTable(title: string, measurements: Measurement[]): void {
  const base = measurements[0]?.median ?? NaN;
  console.log(`\n${title}\n`);
  console.log("| contestant | median ms | fastest | slowest | ratio |\n| --- | ---: | ---: | ---: | ---: |");
  for (const { name, median, fastest, slowest } of measurements) {
    const figures = [median, fastest, slowest].map((time) => time.toFixed(0));
    console.log(`| ${name} | ${figures.join(" | ")} | ${(median / base).toFixed(2)} |`);
  }
}

/** Stands in for a test's context: remembers what has to be cleaned up. */
export class CleanUp {
  readonly #tasks: (() => unknown)[] = [];

  after(task: () => unknown): void {
    this.#tasks.push(task);
  }

  async run(): Promise<void> {
    for (const task of this.#tasks) await task();
  }
}
