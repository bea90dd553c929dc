// Pulumi starts the stack program here. A Node that cannot run TypeScript cannot load index.ts, so this file names the
// required version.
import { RunError } from "@pulumi/pulumi";
import { typeScriptProblem } from "./scripts/typescript-problem.mjs";

const problem = typeScriptProblem();
if (problem !== undefined) throw new RunError(problem);

/** Pulumi calls it; the exports of the program are the outputs of the stack. */
export default () => import("./index.ts");
