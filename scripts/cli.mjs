#!/usr/bin/env node
// The command of a checkout, `npx pulumi-pg-migrations`. The published package starts cli/index.js itself.
import { typeScriptProblem } from "./typescript-problem.mjs";

const problem = typeScriptProblem();
if (problem === undefined) await import("../cli/index.ts");
else {
  console.error(problem);
  process.exitCode = 2;
}
