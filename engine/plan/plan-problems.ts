import type { Folder } from "../folder/folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import { readScriptFile } from "../folder/script-file.ts";
import { readScript } from "../postgres/script.ts";
import { PlanError } from "./plan-error.ts";
import type { Plan } from "./plan.ts";

/** Throws a `PlanError` that names everything which stands in the plan's way. */
export async function requireSoundPlan(plan: Plan, folder: Folder): Promise<void> {
  const problems = [
    ...failedProblems(plan),
    ...(plan.pending.length === 0 && folder.incomplete.length === 0 ? [] : baselineProblems(plan)),
    ...folder.incomplete
      .filter(({ name }) => !plan.missing.includes(name))
      .map(({ file }) => `${file} does not exist: add the script, or delete its folder (Prisma's P3015).`),
    ...(await scriptProblems(plan)),
  ];
  if (problems.length > 0) throw new PlanError(problems);
}

function failedProblems(plan: Plan): string[] {
  return plan.failed.map(
    ({ name, startedAt, logs }) =>
      `Migration ${name} was begun at ${startedAt.toISOString()} and never finished (Prisma's P3009)` +
      `${logs === undefined ? "" : `: ${firstLine(logs)}`}. Look what it has done, then declare it in the ledger: ` +
      `npx prisma migrate resolve --rolled-back ${name} if nothing of it remains, --applied if all of it does.`,
  );
}

function baselineProblems({ tableWithoutLedger, ledgerExists, ledger }: Plan): string[] {
  if (ledgerExists || tableWithoutLedger === undefined) return [];
  return [
    `The database holds tables (${tableWithoutLedger} is one) but no ${ledger}, so what has been applied is not known ` +
      `(Prisma's P3005). Name the migrations that the tables came from: npx prisma migrate resolve --applied <name>, ` +
      `one by one; or point the connection at an empty database.`,
  ];
}

async function scriptProblems(plan: Plan): Promise<string[]> {
  const problems: string[] = [];
  for (const migration of plan.pending) {
    try {
      const script = await readScript(await readScriptFile(migration));
      for (const { position, message, excerpt } of script.problems)
        problems.push(`${migration.file}:${position.line}:${position.column}: ${message}\n${excerpt}`);
    } catch (error) {
      if (!(error instanceof FolderError)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
