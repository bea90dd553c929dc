import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dirname, "../..");
const python = join(root, "node_modules/.moto/bin/python");
let server: ChildProcess | undefined;

/** Starts moto on a free port and passes its address to the test processes as TEST_MOTO_ENDPOINT. */
export async function globalSetup(): Promise<void> {
  if (!existsSync(python))
    throw new Error(
      "moto, the AWS API of the tests, is not installed. Run `node scripts/set-up.mjs --tests` to install it.",
    );
  // It ends when its standard input closes, so an interrupted or killed run leaves nothing behind.
  server = spawn(python, [join(root, "tools/moto/server.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: withoutAwsSettings(process.env),
  });
  const port = await firstLine(server);
  process.env["TEST_MOTO_ENDPOINT"] = `http://127.0.0.1:${port}`;
}

/** Stops moto. */
export async function globalTeardown(): Promise<void> {
  if (server?.exitCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("moto has no standard output.");
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error("moto ended before it served anything; its output is above.");
}

/** moto takes accounts and credentials from variables such as MOTO_ACCOUNT_ID, which would win over the tests'. */
function withoutAwsSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|MOTO)_/.test(name)));
}
