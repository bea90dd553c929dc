/** Text at which the parser stops if another program must work on the script first, with the remedy. */
const signs: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /^(?:[#$]?\{|<%)/,
    "This looks like a placeholder of a template, and scripts run as they are written: write the value itself, or have the " +
      "tool that fills it in apply the folder (set `command`)",
  ],
  [
    /^:(?:['"]?[a-z_]|\{\?)/i,
    "This looks like a variable of psql, and nothing fills it in here: write the value itself",
  ],
  [/^(?:<{7}|={7}|>{7})/, "The file has a merge conflict: resolve it"],
];

/** The remedy if `text`, which is no SQL, is a placeholder, a variable or a conflict; undefined if it is none of these. */
export function foreignSyntaxRemedy(text: string): string | undefined {
  return signs.find(([pattern]) => pattern.test(text))?.[1];
}
