/** The characters that matter for the end of a statement. */
export const codes = {
  lineFeed: 10,
  carriageReturn: 13,
  space: 32,
  doubleQuote: 34,
  dollar: 36,
  quote: 39,
  open: 40,
  close: 41,
  star: 42,
  hyphen: 45,
  slash: 47,
  semicolon: 59,
  backslash: 92,
  e: 101,
} as const;

/** True for PostgreSQL's white space: space, tab, line feed, vertical tab, form feed, carriage return. */
export function isBlank(code: number): boolean {
  return code === codes.space || (code >= 9 && code <= codes.carriageReturn);
}

/** The end of a line comment: before a line feed or a lone carriage return. */
export function endOfLineComment(text: string, at: number): number {
  let end = at;
  while (
    end < text.length &&
    text.charCodeAt(end) !== codes.lineFeed &&
    text.charCodeAt(end) !== codes.carriageReturn
  )
    end++;
  return end;
}

/** True if this character begins a word or a number. Only words can open or close something; numbers are skipped. */
export function isWordStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code > 127
  );
}

/** The end of the word or number that begins at an offset. */
export function endOfWord(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && (isWordStart(text.charCodeAt(end)) || text.charCodeAt(end) === codes.dollar))
    end++;
  return end;
}

/** The closing quote of a string with escapes, from an offset within it; -1 if it is not closed. */
export function endOfEscapeString(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === codes.backslash) end++;
    else if (code === codes.quote) {
      if (text.charCodeAt(end + 1) !== codes.quote) return end;
      end++;
    }
  }
  return -1;
}

/** Comments nest. Also returns the depth that is still open at the end of the text. */
export function endOfBlockComment(text: string, at: number, depth: number): { end: number; depth: number } {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return { end: mark.lastIndex, depth };
  }
  return { end: text.length, depth };
}

/** The delimiter of the dollar-quoted string that begins at an offset, if any. */
export function opensDollarQuote(text: string, at: number): string | undefined {
  const quote = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
  quote.lastIndex = at;
  return quote.exec(text)?.[0];
}

/** The line that ends the data of a COPY, without its line feed; undefined if the data continue. */
export function endOfData(text: string): { start: number; length: number } | undefined {
  for (let at = text.indexOf("\\."); at >= 0; at = text.indexOf("\\.", at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) !== codes.lineFeed) continue;
    const [line = ""] = /^\\\.\r?(?=\n|$)/.exec(text.slice(at, at + 4)) ?? [];
    if (line !== "") return { start: at, length: line.length };
  }
  return undefined;
}
