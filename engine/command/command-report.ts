import type { CheckResult } from "../checks/check.ts";
import { verificationReport } from "../checks/check-report.ts";
import { count, list } from "../words.ts";
import { type WayBack, wayBackReport } from "../backup/way-back.ts";

/** A tool that was not started, as everything is applied. */
export function commandSkipped(command: string): string {
  return `Nothing is pending: ${quoted(command)} was not started.`;
}

/** A tool that could not be started at all. */
export function commandUnstartable(
  { command, directory }: { command: string; directory?: string | undefined },
  reason: string,
): string {
  const place = directory === undefined ? "" : ` in ${directory}`;
  return `${quoted(command)} could not be started${place}: ${reason}. Is the directory right?`;
}

/** A tool that failed, how to go back, and what to do. */
export function commandFailure(command: string, status: number, wayBack?: WayBack): string {
  const ended = status > 128 ? "was stopped: exit status" : "failed with exit status";
  return (
    `${quoted(command)} ${ended} ${status}; what it wrote before says why. What it has applied until then stays ` +
    `applied. Mend the cause and run pulumi up again: the tool is started again.${back(wayBack)}`
  );
}

/** What a tool that succeeded has left to do; undefined where that is nothing. */
export function leftoverReport(
  command: string,
  left: { pending: readonly string[]; failed: readonly string[] },
  wayBack: WayBack,
): string | undefined {
  if (left.pending.length + left.failed.length === 0) return undefined;
  const failed =
    left.failed.length === 0
      ? ""
      : `\n${count(left.failed.length, "migration")} begun and not finished:\n${list(left.failed)}`;
  const pending =
    left.pending.length === 0
      ? ""
      : `\n${count(left.pending.length, "migration")} pending:\n${list(left.pending)}`;
  return (
    `${quoted(command)} succeeded, yet the ledger says that not everything is applied:${failed}${pending}\n` +
    `Does it look at the same folder, database and schema? Correct the command or the folder and run pulumi up ` +
    `again: the tool is started again.${back(wayBack)}`
  );
}

/** The checks that do not hold after a tool has committed; undefined where all hold. */
export function commandViolations(
  command: string,
  results: readonly CheckResult[],
  wayBack: WayBack,
): string | undefined {
  const report = verificationReport(results);
  if (report === undefined) return undefined;
  return (
    `After ${quoted(command)}, ${report}\n` +
    `What the tool has applied stays applied, as it commits by itself. Repair the data, or go back to a backup; ` +
    `then run pulumi up again.${back(wayBack)}`
  );
}

function back(wayBack: WayBack | undefined): string {
  return wayBack === undefined ? "" : wayBackReport(wayBack);
}

function quoted(command: string): string {
  return `\`${command.replace(/\s+/g, " ").trim()}\``;
}
