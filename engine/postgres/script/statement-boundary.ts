/** Where a statement ends depends on what its words have opened: parentheses, and bodies of SQL between BEGIN and END. */
export class StatementBoundary {
  /** The first words of the statement, in lower case. */
  readonly words: string[] = [];
  #parentheses = 0;
  #bodies = 0;

  /** Whether a semicolon ends the statement here. */
  get isOuter(): boolean {
    return this.#parentheses === 0 && this.#bodies === 0;
  }

  open(): void {
    this.#parentheses++;
  }

  close(): void {
    if (this.#parentheses > 0) this.#parentheses--;
  }

  /** Takes note of a word, which is not quoted. */
  word(word: string): void {
    if (this.words.length < 4) this.words.push(word.toLowerCase());
    if (this.#parentheses > 0 || !this.#mayHaveBody()) return;
    const keyword = word.toLowerCase();
    if (keyword === "begin" || (keyword === "case" && this.#bodies > 0)) this.#bodies++;
    else if (keyword === "end" && this.#bodies > 0) this.#bodies--;
  }

  /** Only functions and procedures have bodies of statements that are not quoted. */
  #mayHaveBody(): boolean {
    const [first, second, third, fourth] = this.words;
    if (first !== "create") return false;
    const noun = second === "or" && third === "replace" ? fourth : second;
    return noun === "function" || noun === "procedure";
  }
}
