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

/** Options for reading a script. */
export interface ScriptReading {
  /** False if it must not run in transactions; each statement is then a separate segment. Default: true. */
  transaction?: boolean | undefined;
  /**
   * Parse plain statements too, so that their errors are detected before anything is run. Otherwise they are detected
   * at run time, and rolled back. Default: true, except for scripts larger than 4 MB.
   */
  parsesPlain?: boolean | undefined;
}

/** The size up to which a script is kept in memory after it was read. */
const keptBytes = 1 << 20;
/**
 * Beyond this size a script can have millions of plain statements. Parsing all would take much longer than running
 * them.
 */
const parsedBytes = 4 << 20;

/**
 * From this length on, in characters, a plain statement is read and sent in portions, so that its size does not matter.
 * A script with such a statement is too large to be parsed or kept.
 */
const longLength = parsedBytes;

/**
 * The same script, run outside a transaction, if it is a single CALL or DO that may commit by itself. Only the server
 * knows whether a procedure commits, and reports it when it is called in a transaction.
 */
export function outsideTransaction(script: Script): Script | undefined {
  const [only] = script.segments;
  if (script.statements !== 1 || only?.mayCommit !== true) return undefined;
  return { ...script, segments: [{ ...only, kind: "alone", alone: plainlyAlone }] };
}

/** Reads a script with PostgreSQL's own parser and decides how to run it. Large scripts are not kept. */
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

/** Parses the statements that are not plain. If one cannot be read, the whole piece is parsed to locate the error. */
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

/** The pieces of a script, read again if it was not kept. */
export function piecesOfScript({ kept, source }: Script): AsyncIterable<ScriptPiece> | Iterable<ScriptPiece> {
  return kept ?? piecesOf(source);
}

async function* piecesOf(source: ScriptSource): AsyncIterable<ScriptPiece> {
  const splitter = new StatementSplitter(readsStandardInput, { longLength });
  for await (const lines of source.read()) yield* splitter.push(lines);
  yield* splitter.finish();
}
