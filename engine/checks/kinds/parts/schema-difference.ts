import type { SchemaObject } from "../../../postgres/catalog/schema-objects.ts";
import type { CheckRow } from "../../kind/check-kind.ts";
import type { FolderSchemas } from "../../kind/folder-schemas.ts";

/** The shown length of a definition, and the length before the place where two differ. */
const [shownLength, shownBefore] = [120, 12];

/**
 * One row for each object that differs, differing ones first. Parts of a table that only one side has are not listed
 * separately.
 */
export function schemaDifference({ here, folder }: FolderSchemas, ignored: readonly string[]): CheckRow[] {
  const [ours, theirs] = [byKey(here, ignored), byKey(folder, ignored)];
  const only = (objects: ByKey, others: ByKey, state: string): CheckRow[] => {
    const tables = new Set([...others.values()].map(({ name }) => name));
    return [...objects]
      .filter(([key, { table }]) => !others.has(key) && (table === undefined || tables.has(table)))
      .map(([, { kind, name }]) => ({ kind, object: name, state }));
  };
  return [
    ...[...ours].flatMap(([key, object]) => {
      const other = theirs.get(key);
      return other === undefined || other.definition === object.definition ? [] : [rowOf(object, other)];
    }),
    ...only(ours, theirs, "only here"),
    ...only(theirs, ours, "only in the folder"),
  ];
}

type ByKey = ReadonlyMap<string, SchemaObject>;

function byKey(objects: readonly SchemaObject[], ignored: readonly string[]): ByKey {
  const keyed = objects
    .filter(({ aliases }) => !aliases.some((alias) => ignored.some((pattern) => matches(alias, pattern))))
    .map((object) => [`${object.kind} ${object.name}`, object] as const);
  return new Map(keyed.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function rowOf({ kind, name, definition }: SchemaObject, other: SchemaObject): CheckRow {
  const [here, folder] = [definition, other.definition].map((text) => text.replace(/\s+/g, " ").trim());
  if (here === undefined || folder === undefined || here === folder)
    return { kind, object: name, state: "differs", here: "other white space", folder: "" };
  const from = firstDifference(here, folder);
  return { kind, object: name, state: "differs", here: cut(here, from), folder: cut(folder, from) };
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

/** The part of a text from shortly before a place; the whole text if it is short. */
function cut(text: string, place: number): string {
  const from = place > 2 * shownBefore ? text.lastIndexOf(" ", place - shownBefore) + 1 : 0;
  const part = text.slice(from, from + shownLength);
  return `${from > 0 ? "… " : ""}${part}${from + shownLength < text.length ? " …" : ""}`;
}
