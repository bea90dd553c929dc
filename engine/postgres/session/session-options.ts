/** The settings in libpq's `options`, by lower-case name. The last value of a setting counts, as on the server. */
export function settingsInOptions(options: string | undefined): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const words = wordsOf(options ?? "");
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const assignment = word === "-c" ? (words[++at] ?? "") : (/^(?:-c|--)(?=.)(.*)$/s.exec(word)?.[1] ?? "");
    const [, name, value = ""] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (name !== undefined) settings.set(name.replaceAll("-", "_").toLowerCase(), value);
  }
  return settings;
}

/** One setting as a part of `options`, in which spaces and backslashes must be escaped. */
export function optionOf(name: string, value: string): string {
  return `-c ${name}=${value.replace(/[\\\s]/g, String.raw`\$&`)}`;
}

/** The schemas of a `search_path` as PostgreSQL reads it. `$user` is left out, unless its role is given. */
export function schemasIn(searchPath: string, role = ""): string[] {
  return [...searchPath.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)]
    .map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.toLowerCase())
    .map((name) => (name === "$user" ? role : name))
    .filter((name) => name !== "");
}

/** The server splits words at spaces; a backslash makes the next character a part of the word. */
function wordsOf(options: string): string[] {
  return [...options.matchAll(/(?:\\.|[^\\\s])+/gs)].map(([word]) => word.replace(/\\(.)/gs, "$1"));
}
