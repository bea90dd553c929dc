import type { Migration } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import type { Live } from "./read-live.ts";

/** The longest text of a CREATE EXTENSION statement up to the extension's name, without white space. */
const longestBeginning = 1000;

/**
 * Names the extensions of a live database that its migrations create although only a superuser can. They are created
 * before the migrations run. An extension that the migrations do not create remains a difference.
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
