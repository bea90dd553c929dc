/** Text at which the parser stops because another program must process the script first, with the remedy. */
const signs: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /^(?:[#$]?\{|<%)/,
    "This looks like a placeholder of a template, but scripts run as they are written. Write the value itself, or have the " +
      "tool that fills it in apply the folder (set `command`)",
  ],
  [
    /^:(?:['"]?[a-z_]|\{\?)/i,
    "This looks like a variable of psql, but nothing fills it in here. Write the value itself",
  ],
  [/^(?:<{7}|={7}|>{7})/, "The file has a merge conflict. Resolve it"],
];

/** The remedy if `text`, which is not SQL, is a placeholder, a variable or a conflict; undefined otherwise. */
export function foreignSyntaxRemedy(text: string): string | undefined {
  return signs.find(([pattern]) => pattern.test(text))?.[1];
}
