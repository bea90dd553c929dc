import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { styleText } from "node:util";
import type { Backup } from "../engine/index.ts";
import type { Contents } from "./quickstart-database.ts";

/** Prints lines for the reader. */
export function say(...lines: string[]): void {
  for (const line of lines) console.log(line);
}

/** Begins a step of the story. */
export function heading(text: string): void {
  say("", styleText("bold", text));
}

/** Prints the output of a program, or the content of a file. */
export function quote(lines: string[]): void {
  say(...lines.map((line) => (line === "" ? "" : `  ${line}`)));
}

/** The content of the sample database. */
export function introduction(address: string, { rows, ledger }: Contents): string[] {
  const count = (table: string): string => `${rows[table] ?? 0} ${table.replaceAll("_", " ")}`;
  return [
    `PostgreSQL runs on ${address}, with sample data: ${count("campaign_targets")}, ${count("escrows")}, ${count("gifts")}.`,
    `${ledger.length} migrations are applied, and .quickstart/migrations has more.`,
  ];
}

/** The outputs of a stack after `up`, as far as the story needs them. */
export function runSummary(outputs: Record<string, unknown>): string[] {
  const { count, first, last } = outputs["applied"] as { count: number; first: string; last: string };
  const backups = outputs["backups"] as Backup[];
  const verified = outputs["verified"] as { checks: number; at: string };
  return [
    ...backups.map(
      ({ id, verified: { rows = 0, objects = 0 }, durationMs }) =>
        `backup    ${id}: ${rows} rows and ${objects} objects, equal to the original; ${durationMs} ms`,
    ),
    `applied   ${count === 1 ? last : `${count} migrations, ${first} to ${last}`}`,
    `verified  every check passed: ${verified.checks}, at ${verified.at}`,
  ];
}

/** The content of a database before and after, side by side. */
export function comparison(before: Contents, after: Contents): string[] {
  const line = (what: string, of: (contents: Contents) => string): string =>
    `${what.padEnd(12)}${of(before).padEnd(36)}${of(after)}`;
  return [
    line("", (contents) => (contents === before ? "before" : "after")),
    line("schema", ({ objects }) => `${objects} objects`),
    line("data", ({ rows }) => `${sum(rows)} rows in ${Object.keys(rows).length} tables`),
    line("ledger", ({ ledger }) => `${ledger.length} migrations`),
    line("MD5 of all", ({ fingerprint }) => fingerprint),
  ];
}

/** Commands for the reader to try after the quickstart. */
export function invitation(): string[] {
  const commands = [
    [". .quickstart/env", "Pulumi, Node 24 and the database's address, for this shell"],
    ["pulumi preview", "after you have added a migration to .quickstart/migrations"],
    ["pulumi up", "the same as above, but it asks first"],
    ["pulumi stack output restoreCommand", "restores the newest backup, which replaces the database"],
    ...(isOnPath("psql") ? [['psql "$DEV_DATABASE_URL"', "the database itself"]] : []),
    ["npm run quickstart", "start over, with empty data"],
    ["npm run quickstart:clean", "stop the server and remove everything"],
  ];
  return commands.map(([command = "", purpose = ""]) => `${command.padEnd(36)}# ${purpose}`);
}

function sum(rows: Contents["rows"]): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((place) => {
    try {
      accessSync(join(place, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
