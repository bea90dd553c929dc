import { type LoneStatement, plainlyAlone } from "./lone-statement.ts";
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
import { ScriptOutline } from "./script-outline.ts";
import { positionInPiece, type ScriptPiece, selectedFrom } from "./script-piece.ts";
import { StatementSplitter } from "./statement-splitter.ts";

/** Statements of a script that succeed or fail together: a transaction, or one statement that can run in none. */
export interface Segment {
  kind: "transaction" | "alone";
  /** The index of its first statement in the script. */
  from: number;
  /** The index after that of its last. */
  to: number;
  /** The line in which its first statement begins. */
  line: number;
  /** The words of its first statement, cut to what a message can hold. */
  words: string;
  /** What has to be known of a statement that runs alone. */
  alone: LoneStatement | undefined;
  /** Whether it is a single statement that may commit by itself outside a transaction: then it is never repeated. */
  mayCommit: boolean;
}

/** A script as it will be run. It is atomic where it has one segment at most, and that is a transaction. */
export interface Script {
  /** Where it can be read once more; a small one without its file. */
  source: ScriptSource;
  /** Its pieces, where it is small enough to be kept. */
  kept: readonly ScriptPiece[] | undefined;
  segments: readonly Segment[];
  /** The statements that open the transaction of its first segment. */
  opening: readonly string[];
  /** The indexes of BEGIN and COMMIT, whose place the runner's own transactions take. */
  leftOut: ReadonlySet<number>;
  /** The indexes of statements that change the session for those after them. */
  settings: ReadonlySet<number>;
  /** The statements that are sent in portions: by their index, how many bytes each has. */
  long: ReadonlyMap<number, number>;
  /** How many statements it has, those that are left out included. */
  statements: number;
  /** Whether all that it can change are tables, views, sequences and what belongs to them. */
  changesTables: boolean;
  problems: readonly ScriptProblem[];
  /** What it has that only this package, or psql, takes. */
  peculiarities: readonly Peculiarity[];
}

/** Something that most migration tools fail on, since they send a whole script in one message. */
export interface Peculiarity {
  kind: "byte-order-mark" | "copy-data" | "psql-command" | "new-enum-value";
  /** The line in which it is first. */
  line: number;
}

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

/** Whether all of a script is one transaction. */
export function isAtomic({ segments }: Pick<Script, "segments">): boolean {
  return segments.length <= 1 && segments.every(({ kind }) => kind === "transaction");
}

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
