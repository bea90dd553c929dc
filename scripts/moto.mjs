import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetUpError, run, tail } from "./command.mjs";
import { exclusively } from "./exclusively.mjs";
import { cacheFolder } from "./pulumi-cli.mjs";

const requirements = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  "tools",
  "moto",
  "requirements.txt",
);
const installTimeoutMs = 10 * 60_000;
const oldestPythonMinor = 11;

/** The folder of a Python virtual environment with moto, the AWS API of the tests; kept in the cache folder. */
export async function findOrInstallMoto() {
  const folder = await environmentFolder();
  if (existsSync(folder)) return folder;
  await exclusively(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await install(folder);
  });
  return folder;
}

/** Named after its content, so that a raised requirement or another Python leads to a new one. */
async function environmentFolder() {
  const content = readFileSync(requirements, "utf8");
  const version = /^moto==(.+)$/m.exec(content)?.[1];
  const hash = createHash("sha256")
    .update(content)
    .update(await pythonVersion())
    .digest("hex");
  return join(cacheFolder, `moto-${version}-${hash.slice(0, 16)}`);
}

async function pythonVersion() {
  // Debian's Python lacks `ensurepip`, which environments need.
  const program = "import ensurepip, platform, venv; print(platform.python_version())";
  const { ok, output } = await run("python3", ["-c", program]);
  const minor = Number(/^3\.(\d+)\./.exec(output)?.[1]);
  if (ok && minor >= oldestPythonMinor) return output;
  throw new SetUpError(
    `The tests need Python 3.${oldestPythonMinor} or later with venv, for moto, a local AWS API, and ` +
      `\`python3\` says:\n${tail(output, 3) || "  (nothing: it is not on PATH)"}\n` +
      "Install it (Debian, Ubuntu: `apt-get install python3 python3-venv`; macOS: `brew install python`) and run " +
      "the same command again.",
  );
}

async function install(folder) {
  console.log(
    "Installing moto, the AWS API of the tests, into a Python environment: once for this machine ...",
  );
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await python("python3", ["-m", "venv", unfinished]);
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  await python(join(unfinished, "bin", "python"), ["-m", "pip", "install", ...quiet, "-r", requirements]);
  // Only its bin/python is used, which finds its packages in any location.
  renameSync(unfinished, folder);
}

async function python(program, args) {
  const { ok, output } = await run(program, args, { timeoutMs: installTimeoutMs });
  if (!ok) throw new SetUpError(`\`${program} ${args.join(" ")}\` failed:\n${tail(output)}`);
}
