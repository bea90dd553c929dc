import type { Migration, ScriptSection } from "../folder/migration.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";

interface StepOfMigration {
  /** Equal for the same step in two plans; not for people. */
  id: string;
  /** The migration's name. */
  name: string;
  migration: Migration;
}

/** Records an outcome in the ledger. Runs nothing. */
export interface Declaration extends StepOfMigration {
  kind: "declare";
  as: "applied" | "rolled-back";
  /** The option that declares it. */
  by: "baseline" | "resolve";
}

/** Runs a migration's down script. */
export interface Rollback extends StepOfMigration {
  kind: "rollBack";
}

/** Runs a migration's script. */
export interface Application extends StepOfMigration {
  kind: "apply";
  /** The interrupted attempt that it resumes; undefined if there is none. */
  interrupted: LedgerEntry | undefined;
}

/** One action of a run. */
export type Step = Declaration | Rollback | Application;

/** The steps of a plan, in the order in which a run takes them: declarations, rollbacks, applications. */
export interface Steps {
  steps: readonly Step[];
}

/** Records an outcome of a migration. */
export function declaration(migration: Migration, { as, by }: Pick<Declaration, "as" | "by">): Declaration {
  const { key, name } = migration;
  return { kind: "declare", id: `declare ${as} ${key}`, name, migration, as, by };
}

/** Rolls a migration back. */
export function rollback(migration: Migration): Rollback {
  return { kind: "rollBack", id: rollbackId(migration), name: migration.name, migration };
}

/** Applies a migration. */
export function application(migration: Migration, interrupted: LedgerEntry | undefined): Application {
  return { kind: "apply", id: applicationId(migration), name: migration.name, migration, interrupted };
}

/** The id of the step that rolls a migration back. */
export function rollbackId({ key }: Pick<Migration, "key">): string {
  return `roll back ${key}`;
}

/** The id of the step that applies a migration. */
export function applicationId({ key }: Pick<Migration, "key">): string {
  return `apply ${key}`;
}

/** The steps of one kind, in their order. */
export function stepsOf<Kind extends Step["kind"]>(
  { steps }: Steps,
  kind: Kind,
): Extract<Step, { kind: Kind }>[] {
  return steps.filter((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);
}

/** The section that a step runs; undefined for a declaration. A rollback without a down script has none either. */
export function sectionRunBy({ kind, migration }: Step): ScriptSection | undefined {
  if (kind === "declare") return undefined;
  return kind === "apply" ? migration.up : migration.down;
}

/** A step in words: the migration's name, and its outcome unless it is applied. */
export function stepInWords(step: Step): string {
  if (step.kind === "declare") return `${step.name} (declared ${step.as})`;
  return step.kind === "rollBack" ? `${step.name} (rolled back)` : step.name;
}
