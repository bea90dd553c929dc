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

/** The effect of a migration, and its place in the run. */
export interface MigrationEffect {
  /** True for the last migration of the run: then all checks are evaluated. */
  last: boolean;
  /** True while its transaction is open. */
  insideTransaction: boolean;
  /** True if it can have changed only tables and the objects that belong to them. */
  changesTables: boolean;
}

/**
 * Decides if a migration may be committed. A check that held before the run must hold after every migration. A check
 * that starts to hold during the run must hold after every later migration. Every check must hold after the last. A
 * check that does not hold yet (because its table does not exist yet, or because the run repairs the data) does not
 * stop the migrations that lead up to it. Accepted violations must not increase.
 *
 * A history that runs from its beginning may create, drop and create again. A check on existence, and one that cannot
 * be evaluated because its table is missing, count at the end unless they held before the run.
 */
export class CheckGate {
  readonly #checks: readonly Check[];
  readonly #before: ReadonlyMap<string, CheckEvaluation>;
  readonly #reads: CheckReads;
  readonly #heldDuring = new Set<string>();
  readonly #latest: Map<string, CheckEvaluation>;
  /** Names of the checks that held after the newest committed migration. */
  #held: string[] = [];
  /** The results after a migration that is not committed yet. */
  #found: { results: readonly CheckEvaluation[]; reads: CheckReads; isOpaque: boolean } | undefined;

  constructor(checks: readonly Check[], before: ReadonlyMap<string, CheckEvaluation>, reads: CheckReads) {
    this.#checks = checks;
    this.#before = before;
    this.#latest = new Map(before);
    this.#reads = reads;
  }

  /** True if there is no check at all, so every migration may be committed. */
  get isOpen(): boolean {
    return this.#checks.length === 0;
  }

  /** Names of the checks that were evaluated after the newest committed migration, and held. */
  get held(): string[] {
    return this.#held;
  }

  /** The failed checks that only warn. */
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

  /** The migration is committed, so the results after it are now current. */
  accept(): void {
    if (this.#found === undefined) return;
    const { results, reads, isOpaque } = this.#found;
    this.#found = undefined;
    this.#held = results.filter(holds).map(({ check }) => check);
    // Functions and types may have changed, and with them the objects that a check reads.
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

  /** True if accepted violations have increased. */
  #isMore({ check, violations }: CheckResult): boolean {
    const latest = this.#latest.get(check);
    return latest?.outcome === "holds" && latest.violations < violations;
  }
}

function holds(result: Pick<CheckResult, "outcome">): boolean {
  return result.outcome === "holds";
}

/** Work outside one transaction leaves no trace that shows what it changed. */
async function changesOf(
  database: Database,
  { insideTransaction, changesTables }: MigrationEffect,
): Promise<Changes> {
  return insideTransaction && changesTables ? changedRelations(database) : "anything";
}
