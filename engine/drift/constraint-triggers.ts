import type { Database } from "../postgres/session/database.ts";
import { parseStatements } from "../postgres/script/parsed-statement.ts";

const allTriggers = /\b((?:EN|DIS)ABLE\s+(?:(?:REPLICA|ALWAYS)\s+)?TRIGGER\s+)ALL\b/gi;

/**
 * The same session, but ALTER TABLE ... TRIGGER ALL affects only the triggers of users: those of constraints belong to
 * superusers. Such statements are collected in `noted`, for a superuser to repeat.
 */
export function withoutConstraintTriggers(database: Database, noted: string[]): Database {
  return {
    address: database.address,
    announcedPid: database.announcedPid,
    query: (sql, values) => database.query(sql, values),
    async execute(script) {
      if (!/\bTRIGGER\b/i.test(script)) return database.execute(script);
      noted.push(...(await triggerStatements(script)));
      await database.execute(script.replace(allTriggers, "$1USER"));
    },
    copyIn: (statement) => database.copyIn(statement),
    listen: (listener) => database.listen(listener),
    executeInParts: (bytes) => database.executeInParts(bytes),
    another: () => database.another(),
    abandon: (reason) => database.abandon(reason),
    get isLost() {
      return database.isLost;
    },
    redact: (text) => database.redact(text),
    close: () => database.close(),
  };
}

/** The statements of a script that enable or disable triggers of a table. Their effects run no other code. */
async function triggerStatements(script: string): Promise<string[]> {
  const { statements } = await parseStatements(script);
  return statements
    .filter(({ type, text }) => type === "AlterTableStmt" && /\bTRIGGER\b/i.test(text))
    .filter(({ node }) => {
      const { cmds = [] } = node as { cmds?: { AlterTableCmd?: { subtype?: string } }[] };
      return cmds.every(({ AlterTableCmd: command }) =>
        /^AT_(?:En|Dis)able\w*Trig/.test(command?.subtype ?? ""),
      );
    })
    .map(({ text }) => text);
}
