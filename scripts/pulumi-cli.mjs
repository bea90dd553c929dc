import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { fileURLToPath } from "node:url";
import { SetUpError, run, tail } from "./command.mjs";
import { exclusively } from "./exclusively.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Shared by all checkouts of one user, because the Pulumi CLI is large and slow to build. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "pulumi-pg-migrations",
);

const dynamicProvider = "pulumi-resource-pulumi-nodejs";
const oldestMinorVersion = 200;
const downloadedVersion = "3.265.0";
const downloadHome = join(cacheFolder, "pulumi-home");
const downloadedFolder = join(downloadHome, "versions", downloadedVersion, "bin");
const downloadTimeoutMs = 4 * 60_000;
const buildTimeoutMs = 25 * 60_000;

const goModules = [
  {
    program: "pulumi",
    folder: join(root, "tools", "pulumi-cli"),
    source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
  },
  {
    program: "pulumi-language-nodejs",
    folder: join(root, "tools", "pulumi-language-nodejs"),
    source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3",
  },
];

/** The path of a Pulumi CLI that can run Node programs: the user's own, else one in the cache folder. */
export async function findOrInstallPulumi(searchPath) {
  return (
    (await pulumiOnPath(searchPath)) ??
    (await cachedPulumi()) ??
    (await exclusively(
      join(cacheFolder, "pulumi.lock"),
      async () => (await cachedPulumi()) ?? (await downloadPulumi()) ?? (await buildPulumi()),
    ))
  );
}

async function pulumiOnPath(searchPath) {
  const folders = searchPath.split(delimiter);
  const pulumi = folders.map((folder) => join(folder, "pulumi")).find((path) => existsSync(path));
  if (pulumi === undefined) return undefined;
  // Pulumi looks for its language host on PATH and beside its own real file.
  const hasLanguageHost = [...folders, dirname(realpathSync(pulumi))].some((folder) =>
    existsSync(join(folder, "pulumi-language-nodejs")),
  );
  return hasLanguageHost && (await isRecentPulumi(pulumi)) ? pulumi : undefined;
}

async function cachedPulumi() {
  for (const folder of [downloadedFolder, builtFolder()]) {
    const pulumi = join(folder, "pulumi");
    if (!existsSync(pulumi) || !existsSync(join(folder, "pulumi-language-nodejs"))) continue;
    if (!(await isRecentPulumi(pulumi))) continue;
    if (!existsSync(join(folder, dynamicProvider))) addDynamicProvider(folder);
    return pulumi;
  }
  return undefined;
}

async function isRecentPulumi(pulumi) {
  const { ok, output } = await run(pulumi, ["version"], {
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const minorVersion = /^v3\.(\d+)\./m.exec(output)?.[1];
  return ok && Number(minorVersion) >= oldestMinorVersion;
}

/**
 * A copy instead of a link, because checkouts are temporary. The script finds the @pulumi/pulumi of the program that it
 * runs for.
 */
function addDynamicProvider(folder) {
  const unfinished = join(folder, `.${dynamicProvider}-${process.pid}`);
  copyFileSync(join(root, "node_modules", "@pulumi", "pulumi", dynamicProvider), unfinished);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, join(folder, dynamicProvider));
}

async function downloadPulumi() {
  console.log(`Downloading the Pulumi CLI ${downloadedVersion}, because PATH has no usable one ...`);
  const npmPackage = `--package=pulumi@${downloadedVersion}`;
  const { ok } = await run("npm", ["exec", "--yes", npmPackage, "--", "pulumi", "version"], {
    timeoutMs: downloadTimeoutMs,
    env: { ...process.env, PULUMI_HOME: downloadHome, PULUMI_VERSION: downloadedVersion },
  });
  const pulumi = ok ? await cachedPulumi() : undefined;
  if (pulumi === undefined) console.log("  The download failed.");
  return pulumi;
}

async function buildPulumi() {
  const { ok: hasGo } = await run("go", ["version"]);
  if (!hasGo) throw new SetUpError(`The Pulumi CLI is missing, and so is Go to build it with.\n${remedy}`);

  console.log("Building the Pulumi CLI from its Go modules: about 4 minutes, once for this machine ...");
  const unfinished = join(cacheFolder, `.building-${process.pid}`);
  process.once("exit", () => rmSync(unfinished, { recursive: true, force: true }));
  for (const goModule of goModules) await build(goModule, unfinished);
  addDynamicProvider(unfinished);
  rmSync(builtFolder(), { recursive: true, force: true });
  renameSync(unfinished, builtFolder());
  return join(builtFolder(), "pulumi");
}

async function build(goModule, outputFolder) {
  mkdirSync(outputFolder, { recursive: true });
  const startMs = Date.now();
  const progress = setInterval(() => {
    console.log(`  ${goModule.program}: ${Math.round((Date.now() - startMs) / 1000)} s`);
  }, 15_000);
  const version = versionOf(goModule);
  const setVersion = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  const flags = ["-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", `-s -w ${setVersion}`];
  const target = join(outputFolder, goModule.program);
  const { ok, output } = await run("go", ["build", ...flags, "-o", target, goModule.source], {
    timeoutMs: buildTimeoutMs,
    cwd: goModule.folder,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
  });
  clearInterval(progress);
  if (!ok) throw new SetUpError(`Go could not build ${goModule.program}:\n${tail(output)}\n\n${remedy}`);
}

/** Named after its version, so that a raised go.mod leads to a new build. */
function builtFolder() {
  return join(cacheFolder, `pulumi-${versionOf(goModules[0]).slice(1)}`);
}

function versionOf({ folder, module }) {
  const goMod = readFileSync(join(folder, "go.mod"), "utf8");
  const required = goMod.split("\n").find((line) => line.trim().startsWith(`${module} v`));
  if (required === undefined) throw new SetUpError(`${join(folder, "go.mod")} does not require ${module}.`);
  return required.trim().split(" ")[1];
}

const remedy =
  "Install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.25 or later (https://go.dev/doc/install), " +
  "make sure that it is on PATH, and run the same command again.";
