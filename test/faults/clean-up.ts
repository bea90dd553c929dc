/** What is to be taken down again, last first. */
export class CleanUp {
  readonly #tasks: (() => unknown)[] = [];

  /** Adds a task. */
  after(task: () => unknown): void {
    this.#tasks.push(task);
  }

  /** Does all of them; one that fails does not keep the others from being done. */
  async end(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop())
      await Promise.resolve(task()).catch((error: unknown) => console.error("Cleaning up failed:", error));
  }
}
