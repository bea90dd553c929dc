import { printable } from "../engine/foreign-text.ts";

/** The error that fails a resource with a report for people. */
export function reportedError(report: string): Error {
  return new Error(printable(report));
}
