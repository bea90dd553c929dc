import {
  endOfBlockComment,
  endOfEscapeString,
  endOfLineComment,
  endOfWord,
  isWordStart,
  opensDollarQuote,
} from "./token.ts";

/** A string literal in SQL, from its first character to after its last. */
export interface Literal {
  start: number;
  end: number;
  /** The range of its content. It ends with the text if the literal is not closed. */
  inner: { start: number; end: number };
  isDollarQuoted: boolean;
}

/** A statement's place and its string literals, without those in bodies and in literals that are SQL themselves. */
export interface StatementLiterals {
  start: number;
  end: number;
  literals: Literal[];
}

/** Finds the string literals of each statement of a text in one pass, even if it cannot be parsed. */
export function literalsOf(text: string, from = 0, to = text.length): StatementLiterals[] {
  const statements: StatementLiterals[] = [];
  let current: StatementLiterals = { start: from, end: to, literals: [] };
  let at = from;
  while (at < to) {
    const next = literalAt(text, at, to);
    if (next !== undefined) {
      current.literals.push(next);
      at = next.end;
    } else if (text.charAt(at) === ";") {
      statements.push({ ...current, end: ++at });
      current = { start: at, end: to, literals: [] };
    } else at = behind(text, at, to);
  }
  return [...statements, current];
}

/** The literal that begins at an offset, if any. */
function literalAt(text: string, at: number, to: number): Literal | undefined {
  const isDollarQuoted = text.charAt(at) === "$";
  const opening = isDollarQuoted ? opensDollarQuote(text, at) : /(?:[enbx]|u&)?'/iy;
  if (opening === undefined) return undefined;
  const sign = typeof opening === "string" ? opening : signAt(opening, text, at);
  if (sign === undefined) return undefined;
  const start = at + sign.length;
  if (start > to) return undefined;
  const found = isDollarQuoted ? text.indexOf(sign, start) : closingQuote(text, start, /^e/i.test(sign));
  const isClosed = found >= 0 && found < to;
  const end = isClosed ? found : to;
  return {
    start: at,
    end: isClosed ? end + (isDollarQuoted ? sign.length : 1) : to,
    inner: { start, end },
    isDollarQuoted,
  };
}

function signAt(opening: RegExp, text: string, at: number): string | undefined {
  opening.lastIndex = at;
  return opening.exec(text)?.[0];
}

/** A doubled quote does not close. */
function closingQuote(text: string, from: number, hasEscapes: boolean): number {
  if (hasEscapes) return endOfEscapeString(text, from);
  let at = text.indexOf("'", from);
  while (at >= 0 && text.charAt(at + 1) === "'") at = text.indexOf("'", at + 2);
  return at;
}

/** The offset after the comment, name, word or symbol that begins at an offset. */
function behind(text: string, at: number, to: number): number {
  const two = text.slice(at, at + 2);
  if (two === "--") return Math.max(at + 2, endOfLineComment(text, at));
  if (two === "/*") return Math.max(at + 2, endOfBlockComment(text, at + 2, 1).end);
  if (text.charAt(at) === '"') {
    const closing = text.indexOf('"', at + 1);
    return closing < 0 ? to : closing + 1;
  }
  return isWordStart(text.charCodeAt(at)) ? endOfWord(text, at) : at + 1;
}
