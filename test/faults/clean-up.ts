/** Clean-up tasks, run in reverse order. */
export class CleanUp {
  readonly #tasks: (() => unknown)[] = [];

  after(task: () => unknown): void {
    this.#tasks.push(task);
  }

  /** Runs all tasks, even if some fail. */
  async end(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop())
      await Promise.resolve(task()).catch((error: unknown) => console.error("Cleaning up failed:", error));
  }
}
