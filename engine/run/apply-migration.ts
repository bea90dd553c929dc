import { randomUUID } from "node:crypto";
import { readScriptFile } from "../folder/script-file.ts";
import { readScript } from "../postgres/script.ts";
import { applyAlone } from "./apply-alone.ts";
import { applyAtomic } from "./apply-atomic.ts";
import type { MigrationAttempt } from "./migration-attempt.ts";
import type { FailedMigration } from "./run-result.ts";

/** Applies one migration; gives the failure, or undefined when it is applied and recorded. */
export async function applyMigration(
  context: Omit<MigrationAttempt, "script" | "record">,
): Promise<FailedMigration | undefined> {
  const { migration } = context;
  const script = await readScript(await readScriptFile(migration));
  const record = { id: randomUUID(), name: migration.name, checksum: migration.checksum };
  const attempt = { ...context, script, record };
  return script.mode === "alone" ? applyAlone(attempt) : applyAtomic(attempt);
}
