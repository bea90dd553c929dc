/**
 * Tracks what a statement's words have opened, to detect its end: parentheses, and bodies of SQL between BEGIN and END.
 */
export class StatementBoundary {
  /** The first words of the statement, in lower case. */
  readonly words: string[] = [];
  #parentheses = 0;
  #bodies = 0;

  /** True if a semicolon ends the statement here. */
  get isOuter(): boolean {
    return this.#parentheses === 0 && this.#bodies === 0;
  }

  open(): void {
    this.#parentheses++;
  }

  close(): void {
    if (this.#parentheses > 0) this.#parentheses--;
  }

  /** Takes an unquoted word. */
  word(word: string): void {
    if (this.words.length < 4) this.words.push(word.toLowerCase());
    if (this.#parentheses > 0 || !this.#mayHaveBody()) return;
    const keyword = word.toLowerCase();
    if (keyword === "begin" || (keyword === "case" && this.#bodies > 0)) this.#bodies++;
    else if (keyword === "end" && this.#bodies > 0) this.#bodies--;
  }

  /** Only functions and procedures have unquoted bodies of statements. */
  #mayHaveBody(): boolean {
    const [first, second, third, fourth] = this.words;
    if (first !== "create") return false;
    const noun = second === "or" && third === "replace" ? fourth : second;
    return noun === "function" || noun === "procedure";
  }
}
