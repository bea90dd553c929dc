import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildPackage, createStockProject, installPackage, run } from "./stock-project.ts";

interface Manifest extends Record<string, unknown> {
  name: string;
  exports: Record<string, Record<"import" | "require", { types: string; default: string }>>;
  main: string;
  types: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

const program = `
import { DatabaseMigration, tableExists } from "pulumi-pg-migrations";
import type { Plan } from "pulumi-pg-migrations/engine";
import * as resources from "pulumi-pg-migrations/resources";
export type Steps = Plan["steps"];
export const make = () =>
  new DatabaseMigration("shop", {
    connection: { url: "postgresql:///shop" },
    migrations: "migrations",
    backup: { none: "a test" },
    checks: [tableExists("orders")],
  }).ready;
console.log(DatabaseMigration.name, typeof resources.providerOf);
`;

const clean: (() => Promise<void>)[] = [];
const t = { after: (step: () => Promise<void>) => void clean.push(step) };
let built: string;
let dir: string;
let manifest: Manifest;

before(async () => {
  built = await buildPackage(t);
  dir = await createStockProject(t, { "main.cts": program, "main.mts": program, "package.json": "{}" });
  await installPackage(built, join(dir, "node_modules/pulumi-pg-migrations"));
  manifest = JSON.parse(await readFile(join(built, "package.json"), "utf8")) as Manifest;
});

after(async () => {
  for (const step of clean) await step();
});

test("the tarball holds every file that package.json names, and no source maps", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json"], { cwd: built });
  // npm 12 gives an object by name, older ones a list.
  const [tarball] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  const packed = new Set(tarball?.files.map(({ path }) => `./${path}`));

  const named = Object.values(manifest.exports).flatMap((ways) =>
    Object.values(ways).flatMap((way) => Object.values(way)),
  );
  const bin = Object.values(manifest.bin);
  assert.deepEqual(
    [...named, manifest.main, manifest.types, ...bin].filter((path) => !packed.has(path)),
    [],
  );
  assert.deepEqual(
    [...packed].filter((path) => /\.map$|(?<!\.d)\.ts$|\.test\./.test(path)),
    [],
  );
  const script = await readFile(join(built, "components/index.js"), "utf8");
  assert.doesNotMatch(script, /sourceMappingURL/);
});

test("the manifest says where the project lives and what users need", () => {
  for (const field of ["homepage", "bugs", "repository"])
    assert.match(JSON.stringify(manifest[field]), /https:\/\/github\.com\/[\w-]+\/[\w-]+/);
  const peers = Object.keys(manifest.peerDependencies);
  const required = peers.filter((name) => manifest.peerDependenciesMeta[name]?.optional !== true);
  assert.deepEqual(required, ["@pulumi/pulumi"]);
  assert.deepEqual(
    Object.keys(manifest.dependencies).filter((name) => peers.includes(name)),
    [],
  );
  assert.ok(manifest.peerDependencies["typescript"], "no TypeScript is named");
  for (const field of ["scripts", "devDependencies"])
    assert.ok(!(field in manifest), `${field} is published`);
});

for (const [kind, file] of Object.entries({ CommonJS: "main.cts", "An ES module": "main.mts" }))
  test(`${kind} compiles under node16 resolution and runs`, async () => {
    const options = ["--module", "node16", "--moduleResolution", "node16", "--target", "es2022", "--strict"];
    await run(process.execPath, [join(dir, "node_modules/typescript/bin/tsc"), ...options, file], {
      cwd: dir,
    });

    const { stdout } = await run(process.execPath, [file.replace("ts", "js")], { cwd: dir });

    assert.equal(stdout, "DatabaseMigration function\n");
  });

test("require and import load the same modules", async () => {
  const names = Object.keys(manifest.exports).filter((path) => path !== "./command");
  const script = `
    (async () => {
      for (const name of ${JSON.stringify(names)}) {
        const [required, imported] = [require("pulumi-pg-migrations" + name.slice(1)), await import("pulumi-pg-migrations" + name.slice(1))];
        for (const key of Object.keys(imported)) if (required[key] !== imported[key]) console.log(name, key);
      }
    })();`;

  const { stdout } = await run(process.execPath, ["--eval", script], { cwd: dir });

  assert.equal(stdout, "");
});
