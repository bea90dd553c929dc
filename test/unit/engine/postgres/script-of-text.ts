import { type Script } from "../../../../engine/postgres/script/script.ts";
import { readScript } from "../../../../engine/postgres/script/read-script.ts";
import { sourceOf } from "../../../../engine/postgres/script/script-lines.ts";

/** A text as a script, by default in a format whose scripts run in a transaction. */
export async function read(text: string, transaction = true): Promise<Script> {
  return readScript(sourceOf(text), { transaction });
}
