// Injects faults into runs, checks the database after each, and prints a table.
// `node test/faults/index.ts [--short] [--seed N] [--only "kind"[#trial]]`
import { parseArgs } from "node:util";
import * as postgres from "../postgres-server.ts";
import { CleanUp } from "./clean-up.ts";
import { faults } from "./faults.ts";
import { runTrials } from "./trials.ts";
import { tableOf } from "./table.ts";

const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, seed: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? process.env["FAULTS_SEED"] ?? Math.floor(Math.random() * 1e9));
const [kind, trial] = (values.only ?? "").split("#");
console.log(`Faults, ${values.short ? "short" : "long"} form, seed ${seed} (repeat it with --seed ${seed})`);

const cleanUp = new CleanUp();
await postgres.globalSetup();
cleanUp.after(() => postgres.globalTeardown());
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp.end().then(() => process.exit(1)));
try {
  const chosen = faults.filter(({ name }) => kind === "" || name === kind);
  const tallies = await runTrials(chosen, {
    seed,
    form: values.short ? "short" : "long",
    trial: trial === undefined ? undefined : Number(trial),
    cleanUp,
  });
  console.log(`\n${tableOf(tallies)}`);
  if (tallies.some(({ violations }) => violations > 0)) process.exitCode = 1;
} finally {
  await cleanUp.end();
}
