import { plainlyAlone } from "./lone-statement.ts";
import { keepMemorySmall } from "./large-script-memory.ts";
import {
  loadParser,
  type ParsedStatement,
  parseEach,
  parsePiece,
  readsStandardInput,
  type ScriptProblem,
} from "./parsed-statement.ts";
import { plainStatements } from "./plain-statement.ts";
import { psqlCommandProblem } from "./psql-command.ts";
import { held, type ScriptSource } from "./script-lines.ts";
import type { Script } from "./script.ts";
import { ScriptOutline } from "./script-outline.ts";
import { positionInPiece, type ScriptPiece, selectedFrom } from "./script-piece.ts";
import { StatementSplitter } from "./statement-splitter.ts";

/** How a script is to be read. */
export interface ScriptReading {
  /** Whether it may run in transactions at all; else each statement is a segment of its own. Default: true. */
  transaction?: boolean | undefined;
  /**
   * Whether plain statements are parsed, so that their errors are found before anything is run; else they are found when
   * they are run, and rolled back like all others. Default: true, but for scripts beyond 4 MB.
   */
  parsesPlain?: boolean | undefined;
}

/** Up to this size a script is kept after it was read. */
const keptBytes = 1 << 20;
/** Beyond this size a script can have millions of plain statements; parsing all would take much longer than running them. */
const parsedBytes = 4 << 20;

/**
 * From this length on, in characters, a plain statement is read and sent in portions, so that its size does not matter. A
 * script that has one is too large to be parsed or kept.
 */
const longLength = parsedBytes;

/**
 * The same script, run outside a transaction, if it is a single CALL or DO that may commit by itself. Only the server knows
 * whether a procedure does, and says so when it is called in a transaction.
 */
export function outsideTransaction(script: Script): Script | undefined {
  const [only] = script.segments;
  if (script.statements !== 1 || only?.mayCommit !== true) return undefined;
  return { ...script, segments: [{ ...only, kind: "alone", alone: plainlyAlone }] };
}

/** Reads a script with PostgreSQL's own parser and decides how it is to be run. Large scripts are not kept. */
export async function readScript(script: ScriptSource, reading: ScriptReading = {}): Promise<Script> {
  await loadParser();
  if (script.bytes > parsedBytes) keepMemorySmall();
  const source = script.bytes <= keptBytes ? await held(script) : script;
  const parse = reading.parsesPlain === false || source.bytes > parsedBytes ? parseUnlessPlain : parsePiece;
  const outline = new ScriptOutline(reading.transaction ?? true);
  const kept: ScriptPiece[] | undefined = source.bytes <= keptBytes ? [] : undefined;
  if (source.hasByteOrderMark === true) outline.takePeculiarity("byte-order-mark", 1);
  for await (const piece of piecesOf(source)) {
    kept?.push(piece);
    if (piece.kind === "command" || piece.kind === "interruption") {
      const problem = psqlCommandProblem(piece);
      if (problem === undefined) outline.takePeculiarity("psql-command", piece.line);
      else outline.refuse(problem);
    } else if (piece.kind === "long") outline.takeLong(piece);
    else if (piece.kind === "rest") outline.takeRest(piece);
    else if (piece.kind !== "data") {
      if (piece.kind === "copy") outline.takePeculiarity("copy-data", lineOfFirst(piece));
      const { statements, problem } = parse(piece);
      const each = problem?.statement === undefined ? undefined : parseEach(piece);
      if (problem !== undefined && each === undefined) {
        outline.refuse(problem);
        break;
      }
      outline.take(piece, each?.statements ?? statements);
      if (each !== undefined) outline.takeUnread(each.problems);
    }
  }
  return { source, kept, ...outline.finish() };
}

function lineOfFirst(piece: ScriptPiece): number {
  return positionInPiece(piece, piece.statements[0]?.start ?? 0).line;
}

/** Parses what is not plain; what cannot be read is looked for in the whole piece, where it has its place. */
function parseUnlessPlain(piece: ScriptPiece): {
  statements: (ParsedStatement | undefined)[];
  problem?: ScriptProblem;
} {
  const isParsed = plainStatements(piece).map((isPlain) => !isPlain);
  if (!isParsed.includes(true)) return { statements: isParsed.map(() => undefined) };
  const { statements, problem } = parsePiece(selectedFrom(piece, isParsed));
  if (problem !== undefined) return parsePiece(piece);
  let next = 0;
  return { statements: isParsed.map((is) => (is ? statements[next++] : undefined)) };
}

/** The pieces of a script, read again where it was not kept. */
export function piecesOfScript({ kept, source }: Script): AsyncIterable<ScriptPiece> | Iterable<ScriptPiece> {
  return kept ?? piecesOf(source);
}

async function* piecesOf(source: ScriptSource): AsyncIterable<ScriptPiece> {
  const splitter = new StatementSplitter(readsStandardInput, { longLength });
  for await (const lines of source.read()) yield* splitter.push(lines);
  yield* splitter.finish();
}
