import { readQuery } from "../postgres/script/query.ts";
import type { ScriptLines, ScriptSource } from "../postgres/script/script-lines.ts";
import { returnsNoRows, type ReturnsNoRows } from "./kinds/returns-no-rows.ts";

/** The checks written in a migration: those for its start and those for its end. */
export interface Conditions {
  before: readonly ReturnsNoRows[];
  after: readonly ReturnsNoRows[];
}

/** A problem in a block, and the line where the block starts. */
export interface BlockProblem {
  line: number;
  message: string;
}

interface Block {
  time: "before" | "after";
  name: string;
  line: number;
  sql: string[];
}

/**
 * Reads the checks in a migration's comments: `-- check: <name>` or `-- check before: <name>`, followed by comment
 * lines with a query that must return no rows. Other tools see only comments.
 */
export async function readCheckBlocks(
  source: ScriptSource,
): Promise<{ conditions: Conditions; problems: BlockProblem[] }> {
  const found: Block[] = [];
  let open: Block | undefined;
  for await (const lines of source.read())
    for (const { text, number } of commentLines(lines, open !== undefined)) {
      const begun = beginningOf(text, number);
      if (begun !== undefined) found.push((open = begun));
      else if (text === undefined || /^\s*\+goose\b/i.test(text)) open = undefined;
      else open?.sql.push(text);
    }
  // A block without SQL is an ordinary comment: an old migration can no longer be changed.
  const blocks = found.filter(({ sql }) => startsLikeSql.test(sql.join("\n")));
  const problems = (await Promise.all(blocks.map(problemOf))).flat();
  return { conditions: { before: checksOf(blocks, "before"), after: checksOf(blocks, "after") }, problems };
}

const startsLikeSql = /^\s*(?:select|with|values|table|insert|update|delete|do|call|create|alter|drop)\b/i;

/** The lines of a portion without the hyphens; undefined for a line that is not a comment. */
function* commentLines(
  { text, line }: ScriptLines,
  isInside: boolean,
): Iterable<{ text: string | undefined; number: number }> {
  // Hardly any script has such a block, and a large one has millions of lines.
  if (!isInside && !/--\s*check\b/i.test(text)) return;
  for (const [index, one] of text.replace(/\n$/, "").split("\n").entries())
    yield { text: /^\s*--(.*)$/.exec(one.trimEnd())?.[1], number: line + index };
}

function beginningOf(text: string | undefined, line: number): Block | undefined {
  const [, time = "after", name] = /^\s*check(?:\s+(before|after))?\s*:\s*(\S.*)$/i.exec(text ?? "") ?? [];
  if (name === undefined) return undefined;
  return { time: time.toLowerCase() === "before" ? "before" : "after", name: name.trim(), line, sql: [] };
}

async function problemOf({ name, line, sql }: Block): Promise<BlockProblem[]> {
  const { problem } = await readQuery(sql.join("\n"));
  return problem === undefined ? [] : [{ line, message: `check ${JSON.stringify(name)}: ${problem}` }];
}

function checksOf(blocks: readonly Block[], time: Block["time"]): ReturnsNoRows[] {
  return blocks
    .filter((block) => block.time === time)
    .map(({ name, sql }) => returnsNoRows(name, sql.join("\n")));
}
