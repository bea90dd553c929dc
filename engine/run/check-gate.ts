import { affectedChecks, type Changes } from "../checks/affected-checks.ts";
import { type CheckReads, withoutOwnFunctions } from "../checks/check-reads.ts";
import { isYetToBeCreated } from "../checks/preconditions.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { withoutMissingTables } from "../checks/missing-tables.ts";
import { kindOf } from "../checks/check-kinds.ts";
import { type CheckEvaluation, evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import { changedRelations } from "../postgres/catalog/changed-relations.ts";
import type { Database } from "../postgres/session/database.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { type Judgement, lockedCheck } from "./judgement.ts";

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
  readonly #latest: Map<string, CheckEvaluation>;
  /** Names of the checks that held after the newest migration that is committed. */
  #held: string[] = [];
  /** What was found after a migration that is yet to be committed. */
  #found: { results: readonly CheckEvaluation[]; reads: CheckReads; isOpaque: boolean } | undefined;

  constructor(checks: readonly Check[], before: ReadonlyMap<string, CheckEvaluation>, reads: CheckReads) {
    this.#checks = checks;
    this.#before = before;
    this.#latest = new Map(before);
    this.#reads = reads;
  }

  /** Whether there is no check at all, so that every migration may be committed. */
  get isOpen(): boolean {
    return this.#checks.length === 0;
  }

  /** Names of the checks that were evaluated after the newest committed migration, and held. */
  get held(): string[] {
    return this.#held;
  }

  /** The checks that do not hold and of which one is only told. */
  get warnings(): CheckResult[] {
    return [...this.#latest.values()]
      .filter((result) => result.severity === "warn" && !holds(result))
      .map(resultOf);
  }

  /** Evaluates the checks that a migration can have affected. */
  async judge(database: Database, effect: MigrationEffect): Promise<Judgement> {
    this.#found = undefined;
    if (this.isOpen) return { violated: [], locked: undefined };
    const changes = await changesOf(database, effect);
    const affected = affectedChecks(this.#checks, changes, this.#reads);
    const checks = effect.last ? this.#checks : await this.#withTables(database, affected);
    const results = await evaluateChecks({
      ...{ database, checks, insideTransaction: effect.insideTransaction },
      before: new Map(
        [...this.#before].flatMap(([name, { observed }]) => (observed ? [[name, observed]] : [])),
      ),
    });
    const locked = lockedCheck(results);
    if (effect.insideTransaction && locked !== undefined) return { violated: [], locked };
    const noted = new Map(
      results.flatMap(({ check, reads }) => (reads === undefined ? [] : [[check, reads]])),
    );
    this.#found = {
      results,
      reads: effect.last ? noted : await withoutOwnFunctions(database, checks, noted),
      isOpaque: changes === "anything",
    };
    const names = new Set(affected.map(({ name }) => name));
    const violated = results
      .filter(
        (result) => result.severity === "fail" && this.#isStopping(result, { ...effect, affected: names }),
      )
      .map((result) => ({
        ...resultOf(result),
        ...(holds(result)
          ? { outcome: "violated" as const, risenFrom: this.#latest.get(result.check)?.violations }
          : {}),
        before: this.#before.get(result.check)?.outcome ?? ("unknown" as const),
      }));
    return { violated, locked };
  }

  /** The migration is committed: what was found after it is how things stand. */
  accept(): void {
    if (this.#found === undefined) return;
    const { results, reads, isOpaque } = this.#found;
    this.#found = undefined;
    this.#held = results.filter(holds).map(({ check }) => check);
    // Functions and types may be others now, and with them what a check reads.
    if (isOpaque) this.#reads.clear();
    for (const result of results) {
      if (holds(result)) this.#heldDuring.add(result.check);
      this.#latest.set(result.check, result);
      const read = reads.get(result.check);
      if (read === undefined) this.#reads.delete(result.check);
      else this.#reads.set(result.check, read);
    }
  }

  async #withTables(database: Database, checks: readonly Check[]): Promise<readonly Check[]> {
    const failed = checks.filter(
      ({ name }) => this.#latest.get(name)?.error?.sqlstate === sqlstate.undefinedTable,
    );
    return failed.length === 0 ? checks : withoutMissingTables(database, checks, failed);
  }

  #isStopping(
    result: CheckEvaluation,
    { last, affected }: MigrationEffect & { affected: ReadonlySet<string> },
  ): boolean {
    if (holds(result)) return affected.has(result.check) && this.#isMore(result);
    if (last || this.#before.get(result.check)?.outcome === "holds") return true;
    if (!this.#heldDuring.has(result.check) || kindOf(result).subject === "schema") return false;
    return result.outcome === "violated" || !isYetToBeCreated(result);
  }

  /** Whether violations that were accepted have become more. */
  #isMore({ check, violations }: CheckResult): boolean {
    const latest = this.#latest.get(check);
    return latest?.outcome === "holds" && latest.violations < violations;
  }
}

function holds(result: Pick<CheckResult, "outcome">): boolean {
  return result.outcome === "holds";
}

/** What was not one transaction has left no trace by which to tell what it has changed. */
async function changesOf(
  database: Database,
  { insideTransaction, changesTables }: MigrationEffect,
): Promise<Changes> {
  return insideTransaction && changesTables ? changedRelations(database) : "anything";
}
