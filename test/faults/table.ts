import type { Tally } from "./trials.ts";

const heads = [
  "fault",
  "injected",
  "process killed",
  "failed and said so",
  "recovered by itself",
  "next run converged",
  "violations",
];

/** The table of a run of the suite, as Markdown. */
export function tableOf(tallies: readonly Tally[]): string {
  const rows = tallies.map((tally) => [
    tally.impossible === undefined ? tally.name : `${tally.name} (not injected: ${tally.impossible})`,
    ...[tally.injected, tally.killed, tally.failed, tally.recovered, tally.converged, tally.violations].map(
      String,
    ),
  ]);
  const sums = heads
    .slice(1)
    .map((_, column) => String(rows.reduce((sum, row) => sum + Number(row[column + 1]), 0)));
  const lines = [heads, heads.map(() => ""), ...rows, ["all", ...sums]];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line, number) => {
      const cells = line.map((cell, column) => {
        const width = widths[column] ?? 0;
        if (number === 1) return column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      });
      return `| ${cells.join(" | ")} |`;
    })
    .join("\n");
}
