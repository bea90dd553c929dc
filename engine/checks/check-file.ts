import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckDefinitionError } from "./kind/check-definition-error.ts";
import type { Check } from "./check.ts";
import { readDefinitions } from "./read-checks.ts";

/** Options that are comma-separated lists. */
const lists = new Set(["when", "environments", "sampleColumns"]);
/** Options that are numbers. */
const numbers = new Set(["timeoutMs", "accepts", "cost", "factor", "graceMs"]);

/**
 * Reads the checks of a folder, one for each file `<name>.sql`, ordered by name. A file is a query, or a script for
 * `smoke`. Comment lines at its top hold its options: `-- severity: warn`. Rejects with a `CheckDefinitionError`.
 */
export async function readCheckFiles(dir: string): Promise<Check[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => {
    throw new CheckDefinitionError(
      dir,
      "the folder does not exist. Set `checkFiles` to the folder that holds the checks.",
    );
  });
  const names = entries
    .filter((entry) => entry.isFile() && /^[^.].*\.sql$/.test(entry.name))
    .map(({ name }) => name);
  if (names.length === 0) throw new CheckDefinitionError(dir, "the folder holds no file <name>.sql.");
  return Promise.all(
    names.sort().map(async (name) => readCheckFile(join(dir, name), name.slice(0, -".sql".length))),
  );
}

async function readCheckFile(file: string, name: string): Promise<Check> {
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  const [check] = readDefinitions([{ kind: "returnsNoRows", name, ...headerOf(text, file), sql: text }]);
  if (check === undefined) throw new CheckDefinitionError(file, "the file holds no check.");
  return check;
}

/** The options in the comment lines at the top. A line that is not `-- word: value` is an ordinary comment. */
function headerOf(text: string, file: string): Record<string, unknown> {
  const header: Record<string, unknown> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    if (!line.startsWith("--")) break;
    const [, key, value] = /^--\s*([a-z][A-Za-z]*):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key === "sql" || key in header)
      throw new CheckDefinitionError(
        file,
        `the line ${JSON.stringify(line)} is not allowed here, or appears twice.`,
      );
    header[key] = valueOf(key, value);
  }
  return header;
}

function valueOf(key: string, value: string): unknown {
  if (lists.has(key)) return value === "" ? [] : value.split(",").map((part) => part.trim());
  return numbers.has(key) && value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
}
