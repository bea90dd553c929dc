import { printable } from "../engine/index.ts";

/** Writes a report to the terminal. */
export function print(report: string): void {
  console.log(printable(report));
}
