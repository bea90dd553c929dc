import { CheckEvaluationError } from "../checks/kind/check-evaluation-error.ts";
import { inFrame } from "../checks/check-frame.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection } from "../postgres/session/resolve-connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { readSchemaObjects, type SchemaObject } from "../postgres/catalog/schema-objects.ts";
import { connectionTo } from "../postgres/session/session-schema.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { openShadow, type Shadow } from "../shadow/shadow.ts";
import { applyToEmpty } from "./apply-to-empty.ts";
import { withoutConstraintTriggers } from "./constraint-triggers.ts";
import { extensionsToMake } from "./extensions-to-make.ts";
import type { Live } from "./read-live.ts";
import { reprintViews } from "./reprint-views.ts";

/** The databases to compare, and the time limit. */
export interface ShadowTask {
  /** The address of the live database, which the private one imitates. */
  address: Database["address"];
  schemas: readonly string[];
  timeoutMs: number;
}

/** The two sides, as one server prints them. */
export interface MadeInShadow {
  here: SchemaObject[];
  made: SchemaObject[];
}

/**
 * Applies the applied migrations to an empty database of a private server, and reads the resulting schema. Rejects with
 * a `CheckEvaluationError` for any failure, because a failure says nothing about the live database.
 */
export async function makeInShadow(task: ShadowTask, live: Live): Promise<MadeInShadow> {
  const version = major(live.serverVersion);
  try {
    return await makeInVersion(task, live, version);
  } catch (error) {
    // Before 16 no safe role may create roles or give tables to others; newer servers have such roles.
    const isForbidden =
      error instanceof CheckEvaluationError && error.sqlstate === sqlstate.insufficientPrivilege;
    if (version >= 16 || !isForbidden) throw error;
    return makeInVersion(task, live);
  }
}

async function makeInVersion(task: ShadowTask, live: Live, preferredMajor?: number): Promise<MadeInShadow> {
  const startedAt = performance.now();
  const late = new AbortController();
  try {
    const shadow = await openShadow({
      encoding: live.encoding,
      user: task.address.user,
      preferredMajor,
    });
    const leftMs = task.timeoutMs - (performance.now() - startedAt);
    // Everything that waits for the server then fails.
    const timer = setTimeout(
      () => {
        late.abort();
        void shadow.close();
      },
      Math.max(leftMs, 1),
    );
    try {
      return await makeIn(shadow, task, live);
    } finally {
      clearTimeout(timer);
      await shadow.close();
    }
  } catch (cause) {
    if (late.signal.aborted)
      throw new CheckEvaluationError(
        `The migrations in ${live.applied.dir} were not applied to a throw-away server within ${task.timeoutMs} ms (timeoutMs).`,
        { cause },
      );
    if (cause instanceof CheckEvaluationError) throw cause;
    throw new CheckEvaluationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function makeIn(shadow: Shadow, { address, schemas }: ShadowTask, live: Live): Promise<MadeInShadow> {
  // Before any migration runs: a migration could plant what an extension's script calls.
  await shadow.prepare?.({ roles: live.roles, extensions: await extensionsToMake(live) });
  const connection = { ...(await renamed(shadow.connection, address.database)), ...connectionTo(address) };
  return withDatabase(connection, async (database) => {
    const noted: string[] = [];
    await applyToEmpty(withoutConstraintTriggers(database, noted), live, shadow.serverVersion);
    if (noted.length > 0) await shadow.repeatTriggerStatements?.(connection, noted);
    const made = await inFrame(database, { insideTransaction: false }, () =>
      readSchemaObjects(database, schemas),
    );
    const versions = [major(shadow.serverVersion), major(live.serverVersion)];
    if (versions[0] === versions[1]) return { here: live.objects, made };
    const here = await reprintViews(database, live.objects, made);
    return Math.min(...versions) < 15
      ? { here: here.map(before15), made: made.map(before15) }
      : { here, made };
  });
}

/** Since 15, disabling the triggers of a partitioned table disables those of its partitions. */
function before15(object: SchemaObject): SchemaObject {
  return { ...object, definition: object.definitionBefore15 ?? object.definition };
}

/** Migrations may name their database. */
async function renamed(connection: Connection, name: string): Promise<Connection> {
  const { database = "" } = connection;
  const maintenance = maintenanceConnection(connection);
  if (name === maintenance.database) return connection;
  const statement = `ALTER DATABASE ${quoteIdentifier(database)} RENAME TO ${quoteIdentifier(name)}`;
  await withDatabase(maintenance, (session) => session.execute(statement));
  return { ...connection, database: name };
}

function major(version: string): number {
  return Number.parseInt(version, 10);
}
