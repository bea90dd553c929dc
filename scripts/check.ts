// Runs the quick checks in two lanes at the same time: linting takes as long as all others together.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { compileCache } from "./compile-cache.ts";

const lanes = [["check:lint"], ["check:format", "check:types", "check:unused", "test:unit"]];

/** Runs a script of package.json and shows its output when it is done, so that two outputs do not mix. */
async function run(script: string): Promise<boolean> {
  const child = spawn("npm", ["run", "--silent", script], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => printed.push(data));
  const [code] = (await once(child, "close")) as [number | null];
  process.stdout.write(Buffer.concat(printed));
  console.log(`${script} ${code === 0 ? "passed" : "FAILED"}`);
  return code === 0;
}

const passed = await Promise.all(
  lanes.map(async (lane) => {
    for (const script of lane) if (!(await run(script))) return false;
    return true;
  }),
);
if (passed.includes(false)) process.exitCode = 1;
