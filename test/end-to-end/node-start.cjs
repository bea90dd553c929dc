// Loaded before each Node program of the end-to-end tests, which start hundreds of them: their start is most of the
// time. It changes when something is loaded, never what.
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const process = require("node:process");

/** What @pulumi/pulumi loads at once and calls seldom: a fifth of a deployment's time. */
const loadedAtFirstUse = new Set(["@npmcli/arborist", "typescript"]);

const load = Module._load;
Module._load = (request, ...place) =>
  loadedAtFirstUse.has(request) && isOfPulumi(place[0]) ? late(request, place) : load(request, ...place);

function late(request, place) {
  // What is missing fails at once, as Pulumi expects.
  Module._resolveFilename(request, ...place);
  let loaded;
  return new Proxy(
    { __esModule: true },
    { get: (own, name) => own[name] ?? (loaded ??= load(request, ...place))[name] },
  );
}

function isOfPulumi(parent) {
  return /[/\\]@pulumi[/\\]pulumi[/\\](?:runtime[/\\]|typescript-shim)/.test(parent?.filename ?? "");
}

// The language host that can be built from Go modules is older than its CLI: it does not hear what Pulumi.yaml says of
// TypeScript, and has each program load a compiler that it does not use.
if (process.env.PULUMI_NODEJS_TYPESCRIPT === "true" && !usesTypeScript())
  delete process.env.PULUMI_NODEJS_TYPESCRIPT;

function usesTypeScript() {
  try {
    return !/^ +typescript: false$/m.test(readFileSync("Pulumi.yaml", "utf8"));
  } catch {
    return true;
  }
}
