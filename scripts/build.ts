// Builds dist/: the package as it is published, compiled, with a package.json whose paths fit.
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

type Manifest = Record<string, unknown> & { exports: Record<string, string> };

/** What only a checkout needs. */
// What is optional is for the tests: a program of one platform.
const unpublished = ["scripts", "devDependencies", "optionalDependencies", "allowScripts"];

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "--project", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
const documents = ["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs", "bench/README.md"];
for (const path of documents) cpSync(join(root, path), join(dist, path), { recursive: true });
writeFileSync(join(dist, "package.json"), `${JSON.stringify(publishedManifest(), null, 2)}\n`);

function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const published = Object.entries(manifest).filter(([key]) => !unpublished.includes(key));
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([path, source]) => [
      path,
      { types: source.replace(/\.ts$/, ".d.ts"), default: source.replace(/\.ts$/, ".js") },
    ]),
  );
  // `main` and `types` serve projects whose module resolution does not know `exports`.
  return {
    ...Object.fromEntries(published),
    main: "./components/index.js",
    types: "./components/index.d.ts",
    exports,
    bin: { "pulumi-pg-migrations": "./cli/index.js" },
  };
}
