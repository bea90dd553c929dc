/** What the parser stops at in a script that another program was to work on first. */
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
  [/^(?:<{7}|={7}|>{7})/, "A merge left its conflict in the file: settle it"],
];

/** What to do where `text` cannot be read as SQL since it is something else; undefined if it shows no sign of that. */
export function foreignSyntaxRemedy(text: string): string | undefined {
  return signs.find(([pattern]) => pattern.test(text))?.[1];
}
