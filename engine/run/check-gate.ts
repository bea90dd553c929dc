import { affectedChecks, type Changes } from "../checks/affected-checks.ts";
import type { CheckReads } from "../checks/check-reads.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { withoutMissingTables } from "../checks/missing-tables.ts";
import { kindOf } from "../checks/check-kinds.ts";
import { type CheckEvaluation, evaluateChecks, resultOf } from "../checks/run-checks.ts";
import { changedRelations } from "../postgres/changed-relations.ts";
import type { Database } from "../postgres/database.ts";
import { sqlstate } from "../postgres/sqlstate.ts";
import type { ViolatedCheck } from "./run-result.ts";

/** What a migration has done, and where the run stands. */
export interface MigrationEffect {
  /** Whether it is the last of the run: then all checks are evaluated. */
  last: boolean;
  /** Whether its transaction is open still. */
  insideTransaction: boolean;
  /** Whether all that it can have changed are tables and what belongs to them. */
  changesTables: boolean;
}

/**
 * Decides whether a migration may be committed. What held before the run has to hold after every migration; what
 * comes to hold during the run may not be violated after any later one; everything has to hold after the last. A
 * check that does not hold yet (because its table is yet to be created, or because the run repairs the data) does
 * not stop the migrations that lead up to it. Violations that were accepted may not become more.
 *
 * A history that is run from its beginning may create, drop and create again: a check on existence, and one that
 * cannot be evaluated for want of its table, count at the end unless they held before the run.
 */
export class CheckGate {
  readonly #checks: readonly Check[];
  readonly #before: ReadonlyMap<string, CheckEvaluation>;
  readonly #reads: CheckReads;
  readonly #heldDuring = new Set<string>();
  readonly #latest = new Map<string, CheckResult>();

  constructor(checks: readonly Check[], before: ReadonlyMap<string, CheckEvaluation>, reads: CheckReads) {
    this.#checks = checks;
    this.#before = before;
    this.#reads = reads;
  }

  /** Whether there is no check at all, so that every migration may be committed. */
  get isOpen(): boolean {
    return this.#checks.length === 0;
  }

  /** The checks that do not hold and of which one is only told. */
  get warnings(): CheckResult[] {
    return [...this.#latest.values()].filter((result) => result.severity === "warn" && !holds(result));
  }

  /** The checks that stop this migration; empty where it may be committed. */
  async violatedAfter(database: Database, effect: MigrationEffect): Promise<ViolatedCheck[]> {
    const { last, insideTransaction } = effect;
    const checks = last ? this.#checks : await this.#affected(database, await changesOf(database, effect));
    const results = await evaluateChecks({
      ...{ database, checks, insideTransaction },
      before: new Map(
        [...this.#before].flatMap(([name, { observed }]) => (observed ? [[name, observed]] : [])),
      ),
      notesReads: (check) => !last && !this.#reads.has(check.name),
    });
    for (const result of results) this.#note(result);
    return results
      .filter(
        (result) =>
          result.severity === "fail" &&
          (this.#isMore(result) || (!holds(result) && (last || this.#stops(result)))),
      )
      .map((result) => ({
        ...resultOf(result),
        before: this.#before.get(result.check)?.outcome ?? "unknown",
      }));
  }

  async #affected(database: Database, changes: Changes): Promise<readonly Check[]> {
    const checks = affectedChecks(this.#checks, changes, this.#reads);
    const failed = checks.filter(({ name }) => {
      const { error } = this.#latest.get(name) ?? this.#before.get(name) ?? {};
      return error?.sqlstate === sqlstate.undefinedTable;
    });
    return failed.length === 0 ? checks : withoutMissingTables(database, checks, failed);
  }

  #note(result: CheckEvaluation): void {
    if (holds(result)) this.#heldDuring.add(result.check);
    if (result.reads !== undefined) this.#reads.set(result.check, result.reads);
    this.#latest.set(result.check, resultOf(result));
  }

  #stops(result: CheckResult): boolean {
    if (this.#before.get(result.check)?.outcome === "holds") return true;
    return (
      this.#heldDuring.has(result.check) &&
      result.outcome === "violated" &&
      kindOf(result).subject !== "schema"
    );
  }

  /** Whether violations that were accepted have become more. */
  #isMore({ check, violations }: CheckResult): boolean {
    const before = this.#before.get(check);
    return before?.outcome === "holds" && before.violations < violations;
  }
}

function holds(result: CheckResult): boolean {
  return result.outcome === "holds";
}

/** What was not one transaction has left no trace by which to tell what it has changed. */
async function changesOf(
  database: Database,
  { insideTransaction, changesTables }: MigrationEffect,
): Promise<Changes> {
  return insideTransaction && changesTables ? changedRelations(database) : "anything";
}
