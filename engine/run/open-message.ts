import type { Database, TextInParts } from "../postgres/session/database.ts";
import type { Script } from "../postgres/script/script.ts";
import type { StatementFailure } from "../postgres/text/statement-failure.ts";
import { placeInLongStatement } from "./long-statement.ts";
import type { StatementError } from "./run-result.ts";
import { placeOfFailure, type ScriptMessage } from "./script-message.ts";
import { failureOf, withoutPlace } from "./statement-error.ts";

/** A COPY that its data follow, or a long statement that its text follows. */
export interface OpenMessage {
  parts: TextInParts;
  message: ScriptMessage;
  /** The long statement in its script. */
  long: { script: Script; index: number } | undefined;
}

/** Starts a COPY, or the long statement of that index. */
export async function openMessage(
  database: Database,
  message: ScriptMessage,
  { script, index }: { script: Script; index: number },
): Promise<OpenMessage> {
  const bytes = script.long.get(index);
  if (bytes === undefined) return { parts: database.copyIn(message.text), message, long: undefined };
  await database.query(allowSending(bytes));
  const parts = database.executeInParts(bytes);
  await parts.write(message.piece.text);
  return { parts, message, long: { script, index } };
}

/** Sends its next part. */
export async function writeInto(
  { parts, message }: OpenMessage,
  text: string,
): Promise<StatementError | undefined> {
  const failure = await failureOf(() => parts.write(text));
  return failure && { ...withoutPlace(failure), ...placeOfFailure(failure, message) };
}

/** Ends it. Returns the error of the server and its place in the script. */
export async function endOf({ parts, message, long }: OpenMessage): Promise<StatementError | undefined> {
  const failure = await failureOf(() => parts.end());
  return failure && { ...withoutPlace(failure), ...(await placeOf(failure, message, long)) };
}

async function placeOf(
  failure: StatementFailure,
  message: ScriptMessage,
  long: OpenMessage["long"],
): Promise<Pick<StatementError, "excerpt" | "position">> {
  if (long === undefined || failure.position === undefined) return placeOfFailure(failure, message);
  return placeInLongStatement(long.script, { ...long, character: failure.position - 1 });
}

/** While a long statement is being sent, its transaction is idle, which the server tolerates for a minute only. */
function allowSending(bytes: number): string {
  const milliseconds = 60_000 + Math.ceil(bytes / 100);
  const name = "'idle_in_transaction_session_timeout'";
  return (
    `SELECT pg_catalog.set_config(${name}, '${milliseconds}', true) FROM pg_catalog.pg_settings s ` +
    `WHERE s.name OPERATOR(pg_catalog.=) ${name} AND s.setting OPERATOR(pg_catalog.<>) '0' ` +
    `AND s.setting::pg_catalog.int8 OPERATOR(pg_catalog.<) ${milliseconds}`
  );
}
