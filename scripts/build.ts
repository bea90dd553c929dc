// Builds the package as it is published, bundled, with a package.json whose paths fit:
//   node scripts/build.ts [folder]
// The folder is dist unless another is given.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { bundle, bundledPackages } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const dist = resolve(process.argv[2] ?? join(root, "dist"));

/** All declarations are here, in the form for CommonJS modules, which both kinds of TypeScript programs can import. */
const commonJs = "commonjs";

interface Manifest extends Record<string, unknown> {
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

/** Parts that only a checkout needs. */
const unpublished = ["scripts", "devDependencies", "allowScripts"];

/** The compiled package only needs `require` of ES modules. The checkout is TypeScript, which needs a newer Node. */
const engines = { node: ">=22.12" };

/** Packages of the user's program, with the oldest supported versions. All except Pulumi are loaded on demand. */
const peerDependencies: Record<string, string> = {
  "@aws-sdk/client-cloudwatch": "^3.1000.0",
  "@aws-sdk/client-rds": "^3.1000.0",
  "@aws-sdk/client-s3": "^3.1000.0",
  "@aws-sdk/credential-providers": "^3.1000.0",
  "@aws-sdk/lib-storage": "^3.1000.0",
  "@pulumi/aws": "^7.0.0",
  "@pulumi/command": "^1.0.0",
  "@pulumi/pulumi": "^3.200.0",
  typescript: ">=5.0",
};

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
rmSync(dist, { recursive: true, force: true });
writeDeclarations();
bundle([...Object.values(manifest.exports), "cli/index.ts"], dist);
for (const source of Object.values(manifest.exports)) writeEntry(withoutExtension(source));
writeJson(`${commonJs}/package.json`, { type: "commonjs" });
writeJson("package.json", publishedManifest());
const documents = ["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs", "bench/README.md"];
for (const path of documents) cpSync(join(root, path), join(dist, path), { recursive: true });
for (const name of bundledPackages)
  cpSync(join(root, "node_modules", name, "LICENSE"), join(dist, "licenses", `${name}.txt`));

function writeDeclarations(): void {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const folder = ["--declarationDir", join(dist, commonJs)];
  execFileSync(process.execPath, [compiler, "--project", "tsconfig.build.json", ...folder], {
    cwd: root,
    stdio: "inherit",
  });
}

/** CommonJS loads the same ES modules, so that a program that uses both loads everything only once. */
function writeEntry(entry: string): void {
  const up = posix.relative(posix.dirname(posix.join(commonJs, entry)), ".");
  write(`${commonJs}/${entry}.js`, `module.exports = require("${up}/${entry}.js");\n`);
  const down = posix.relative(posix.dirname(entry), commonJs);
  write(`${entry}.d.ts`, `export * from "${down}/${entry}.js";\n`);
}

function publishedManifest(): object {
  const { dependencies, exports, ...others } = Object.fromEntries(
    Object.entries(manifest).filter(([key]) => !unpublished.includes(key)),
  ) as Manifest;
  const entries = Object.entries(exports).map(([path, source]) => [path, withoutExtension(source)] as const);
  return {
    ...others,
    engines,
    // The stack program of a checkout must install its own peers.
    dependencies: Object.fromEntries(
      Object.entries(dependencies).filter(
        ([name]) => !(name in peerDependencies) && !bundledPackages.includes(name),
      ),
    ),
    peerDependencies,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(peerDependencies)
        .filter((name) => name !== "@pulumi/pulumi")
        .map((name) => [name, { optional: true }]),
    ),
    // `main`, `types` and `typesVersions` serve projects whose module resolution ignores `exports`.
    main: "./components/index.js",
    types: "./components/index.d.ts",
    typesVersions: {
      "*": Object.fromEntries(
        entries.slice(1).map(([path, entry]) => [posix.normalize(path), [`./${entry}.d.ts`]]),
      ),
    },
    exports: Object.fromEntries(
      entries.map(([path, entry]) => [
        path,
        {
          import: { types: `./${entry}.d.ts`, default: `./${entry}.js` },
          require: { types: `./${commonJs}/${entry}.d.ts`, default: `./${commonJs}/${entry}.js` },
        },
      ]),
    ),
    bin: { "pulumi-pg-migrations": "./cli/index.js" },
  };
}

/** `./engine/index.ts` becomes `engine/index`. */
function withoutExtension(source: string): string {
  return posix.normalize(source).replace(/\.ts$/, "");
}

function writeJson(path: string, content: object): void {
  write(path, `${JSON.stringify(content, null, 2)}\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dist, path)), { recursive: true });
  writeFileSync(join(dist, path), text);
}
