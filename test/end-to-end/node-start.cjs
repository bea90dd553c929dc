// Loaded before each Node program of the end-to-end tests. The language host that can be built from Go modules is older
// than its CLI. It ignores the TypeScript setting of Pulumi.yaml, and makes each program load a compiler that it does
// not use.
const { readFileSync } = require("node:fs");
const process = require("node:process");

if (process.env.PULUMI_NODEJS_TYPESCRIPT === "true" && !usesTypeScript())
  delete process.env.PULUMI_NODEJS_TYPESCRIPT;

function usesTypeScript() {
  try {
    return !/^ +typescript: false$/m.test(readFileSync("Pulumi.yaml", "utf8"));
  } catch {
    return true;
  }
}
