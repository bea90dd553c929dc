import { basename } from "node:path";
import { misplaced, needsTool } from "../../folder/format-error.ts";
import { plainVersion } from "../../folder/version.ts";

/** The parts of a script's name in Flyway's format. */
export interface FlywayName {
  kind: "versioned" | "undo" | "repeatable";
  /** As in the ledger: dots for underscores. Empty for a repeatable migration. */
  version: string;
  /** Spaces for underscores. */
  description: string;
}

const kinds = { V: "versioned", U: "undo", R: "repeatable" } as const;

/** Reads a script's name; undefined if Flyway ignores the file. Throws a `FolderError` for an obvious mistake. */
export function readFlywayName(file: string): FlywayName | undefined {
  const name = basename(file, ".sql");
  const [, prefix, version, description] = /^([VU])(\d+(?:[._]\d+)*)__(.*)$/.exec(name) ?? [];
  const repeatable = /^R__(.*)$/.exec(name)?.[1];
  if (repeatable !== undefined) return { kind: kinds.R, version: "", description: blanksIn(repeatable) };
  if (version !== undefined && description !== undefined)
    return {
      kind: kinds[prefix as "V" | "U"],
      version: version.replaceAll("_", "."),
      description: blanksIn(description),
    };
  refuseMistakes(file, name);
  return undefined;
}

/** The same key for equal numbers: `1.0`, `01` and `1` are one version. */
export function flywayVersionKey(version: string): string {
  return version
    .split(".")
    .map(plainVersion)
    .join(".")
    .replace(/(\.0)+$/, "");
}

/** The ledger identifies a repeatable migration by its description. */
export function flywayRepeatableKey(description: string): string {
  return `R__${description.replaceAll(" ", "_")}`;
}

/** Compares two keys of versioned migrations number by number. */
export function compareFlywayVersions(left: string, right: string): number {
  const [ours, theirs] = [left.split("."), right.split(".")];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const [one = "0", other = "0"] = [ours[at], theirs[at]];
    if (one !== other) return one.length - other.length || (one < other ? -1 : 1);
  }
  return 0;
}

function blanksIn(description: string): string {
  return description.replaceAll("_", " ");
}

function refuseMistakes(file: string, name: string): void {
  if (/^B\d+(?:[._]\d+)*__/.test(name))
    throw needsTool(
      file,
      "a baseline migration replaces others, depending on the database. Apply it once as a versioned migration, or set baseline in the configuration.",
    );
  if (/^(?:before|after)[A-Z]/.test(name))
    throw needsTool(
      file,
      "callbacks of Flyway are not run. Move its statements into a migration (R__... for those that run again when they change), or move the file elsewhere.",
    );
  if (/^(?:[vub][\d._]|[VU][\d._ -]|r_|R_)/.test(name))
    throw misplaced(
      file,
      "Flyway ignores it, because its name is not V<version>__<description>.sql (or U..., R__...), with two underscores. Rename it, or move it elsewhere.",
    );
}
