// Prepares a checkout: npm packages, Node 24 and the Pulumi CLI; with --tests also the tests' dependencies. Runs on
// plain Node 20, because it installs the rest.
import { createHash } from "node:crypto";
import {
  existsSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { SetUpError, run, tail } from "./command.mjs";
import { installDbmate } from "./dbmate.mjs";
import { exclusively } from "./exclusively.mjs";
import { findOrInstallMoto } from "./moto.mjs";
import { findOrUnpackPgBouncer } from "./pgbouncer.mjs";
import { requirePostgresClient } from "./postgres-client.mjs";
import { cacheFolder, findOrInstallPulumi } from "./pulumi-cli.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = join(root, "node_modules", ".bin");
const installedLockHash = join(root, "node_modules", ".set-up");
const installTimeoutMs = 15 * 60_000;

// npm adds node_modules to PATH. Programs that this script installed there are not the user's own.
const searchPath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !existsSync(folder) || realpathSync(folder) !== programs)
  .join(delimiter);

try {
  requireNode20();
  await installPackages();
  await requireNode24();
  await linkPulumi();
  if (process.argv.includes("--tests")) {
    requirePostgresClient(searchPath);
    await installDbmate();
    await linkMoto();
    await linkPgBouncer();
  }
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

function requireNode20() {
  if (Number.parseInt(process.versions.node) >= 20) return;
  throw new SetUpError(
    `Node 20 or later is needed, but this is ${process.version}.\n` +
      "Install one from https://nodejs.org/ and run the same command again.",
  );
}

async function linkPgBouncer() {
  const program = await findOrUnpackPgBouncer(searchPath);
  const link = join(root, "node_modules", ".pgbouncer");
  rmSync(link, { force: true });
  if (program === undefined)
    console.log("PgBouncer is missing, so the tests of poolers are skipped (`apt-get install pgbouncer`).");
  else symlinkSync(dirname(program), link);
}

async function installPackages() {
  if (arePackagesInstalled()) return;
  const checkout = sha256(root).slice(0, 16);
  await exclusively(join(cacheFolder, `packages-${checkout}.lock`), async () => {
    if (arePackagesInstalled()) return;
    console.log("Installing the npm packages ...");
    const flags = ["--include=dev", "--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error"];
    const { ok, output } = await run("npm", ["ci", ...flags], {
      timeoutMs: installTimeoutMs,
      cwd: root,
      // npm must not run on the Node that it is about to delete.
      env: { ...process.env, PATH: searchPath },
    });
    if (!ok) throw new SetUpError(`\`npm ci\` failed:\n${tail(output, 40)}`);
    await requireNode24();
    writeFileSync(installedLockHash, lockHash());
  });
}

function arePackagesInstalled() {
  return existsSync(installedLockHash) && readFileSync(installedLockHash, "utf8") === lockHash();
}

function lockHash() {
  return sha256(readFileSync(join(root, "package-lock.json")));
}

function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

async function requireNode24() {
  const { ok, output } = await run(join(programs, "node"), ["--version"]);
  if (ok && output.startsWith("v24.")) return;
  throw new SetUpError(
    "node_modules/.bin/node is not a Node 24 that runs here: npm seems to have skipped the install script " +
      "of the package `node`.\nMake sure that `npm config get ignore-scripts` prints false, delete node_modules and " +
      "run the same command again.",
  );
}

/** `npx` looks for programs in node_modules, not on PATH, so even the user's own Pulumi is linked. */
async function linkPulumi() {
  linkInto(join(programs, "pulumi"), await findOrInstallPulumi(searchPath));
}

/** The tests look for it there. */
async function linkMoto() {
  linkInto(join(root, "node_modules", ".moto"), await findOrInstallMoto());
}

function linkInto(link, target) {
  if (linkTarget(link) === target) return;

  const unfinished = `${link}-${process.pid}`;
  rmSync(unfinished, { force: true });
  symlinkSync(target, unfinished);
  renameSync(unfinished, link);
  console.log(`Linked ${relative(root, link)} to ${target}.`);
}

function linkTarget(link) {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
