/** The longest foreign text that is shown in one place, characters. */
const longestText = 1000;

/** The longest text that is printed at once, characters. */
const longestOutput = 50_000;

/**
 * Characters that a terminal, a log or an editor obeys or hides: control characters, controls of writing direction,
 * line separators, and characters without a width. A joiner inside an emoji belongs to it.
 */
const unseen =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\u034f|\u17b4|\u17b5|(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

const named: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
};

/**
 * Foreign text (a server's messages, names, values, files) for use in a message: on one line, with invisible characters
 * escaped, and cut to a length. Text in any language stays unchanged.
 */
export function foreign(text: string, longest = longestText): string {
  const { kept, cut } = shortened(text, longest);
  return withoutCommands(kept.replace(unseen, (character) => named[character] ?? escaped(character))) + cut;
}

/** The same for text of several lines. The first stays in place; each other line begins with a bar. */
export function foreignLines(text: string, longest = 4 * longestText): string {
  const { kept, cut } = shortened(text, longest);
  const lines = kept.split(/\r?\n/).map((line) => foreign(line, longest));
  return lines.join("\n  | ") + cut;
}

/** The same in as many characters as the text has, for text whose columns matter. */
export function foreignColumns(text: string): string {
  return text
    .replace(unseen, "\ufffd")
    .replace(/##(?=\w{0,20}\[)/g, "#\ufffd")
    .replace(/<\{(?=%)/g, "<\ufffd");
}

/**
 * A whole message, ready to be printed. Its lines and tabs stay, but foreign parts cannot move a cursor, hide, or send
 * a command to the service that keeps the log.
 */
export function printable(text: string): string {
  const { kept, cut } = shortened(text, longestOutput);
  const visible = kept
    .replace(/\r\n/g, "\n")
    .replace(unseen, (character) =>
      /[\n\t]/.test(character) ? character : (named[character] ?? escaped(character)),
    );
  return withoutCommands(visible) + cut;
}

/** Makes the log commands of GitHub, Azure and TeamCity, and Pulumi's colour commands, ineffective. */
function withoutCommands(text: string): string {
  return text
    .replace(/^([^\S\n]*):(?=:)/gm, String.raw`$1\x3a`)
    .replace(/##(?=\w{0,20}\[)/g, String.raw`#\x23`)
    .replace(/<\{(?=%)/g, String.raw`<\x7b`);
}

function shortened(text: string, longest: number): { kept: string; cut: string } {
  if (text.length <= longest) return { kept: text, cut: "" };
  // A surrogate pair is not cut in two.
  const end = /[\ud800-\udbff]/.test(text.charAt(longest - 1)) ? longest - 1 : longest;
  return { kept: text.slice(0, end), cut: `… (${text.length - end} more characters)` };
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code > 0xff
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\x${code.toString(16).padStart(2, "0")}`;
}
