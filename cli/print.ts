import { printable } from "../engine/index.ts";

export function print(report: string): void {
  console.log(printable(report));
}
