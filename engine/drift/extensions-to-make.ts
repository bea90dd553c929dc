import type { Migration } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import type { Live } from "./read-live.ts";

/** No statement that creates an extension is longer up to its name, blanks aside. */
const longestBeginning = 1000;

/**
 * Names the extensions of a live database that its migrations create, although only a superuser can: those are created
 * before the migrations run. One that they do not create is a difference, and stays one.
 */
export async function extensionsToMake({ applied, extensions }: Live): Promise<Live["extensions"]> {
  if (extensions.length === 0) return [];
  const created = new Set<string>();
  for (const migration of applied.migrations)
    for (const name of await extensionsIn(migration)) created.add(name.toLowerCase());
  return extensions.filter(({ name }) => created.has(name.toLowerCase()));
}

async function extensionsIn({ up }: Migration): Promise<string[]> {
  const names: string[] = [];
  let rest = "";
  for await (const { text } of scriptSource(up).read()) {
    rest += text;
    const found = rest.matchAll(/\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)/gi);
    names.push(...[...found].map(([, name = ""]) => name));
    rest = rest.slice(-longestBeginning);
  }
  return names;
}
