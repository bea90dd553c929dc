import type * as resources from "pulumi-pg-migrations/resources";

/** The exports of the module of the providers. */
type Resources = typeof resources;

const packageName = "pulumi-pg-migrations";

/**
 * Loads the module that does the work. It is stored in users' state together with the provider, so it uses Node alone.
 * Node resolves the name from the program's folder. A package manager that hoists nothing puts this package there only
 * if the program itself depends on it. A program that uses it through another package, such as a component package of
 * the team, has it somewhere below. Rejects with the line to run if it is nowhere.
 */
export async function loadResources(): Promise<Resources> {
  try {
    return await import("pulumi-pg-migrations/resources");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`package '${packageName}'`)) throw error;
    return loadFromDependencies(process.cwd());
  }
}

/** Searches the packages that the program depends on, and those that they depend on, the nearest first. */
async function loadFromDependencies(program: string): Promise<Resources> {
  const { default: modules } = await import("node:module");
  const { existsSync, readFileSync, realpathSync } = await import("node:fs");
  const { default: path } = await import("node:path");
  const folders = new Set<string>();
  for (let folder = program; !folders.has(folder); folder = path.dirname(folder)) folders.add(folder);
  // The loop continues with the folders that it adds.
  for (const folder of folders) {
    const file = path.join(folder, "package.json");
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const near = modules.createRequire(file);
    if (manifest["name"] === packageName) return near(`${packageName}/resources`) as Resources;
    const { dependencies, optionalDependencies, devDependencies } = manifest;
    const names = Object.keys({
      ...(dependencies ?? {}),
      ...(optionalDependencies ?? {}),
      ...(devDependencies ?? {}),
    });
    for (const name of names) {
      const places = near.resolve.paths(name) ?? [];
      const place = places.map((place) => path.join(place, name)).find((place) => existsSync(place));
      if (place !== undefined) folders.add(realpathSync(place));
    }
  }
  throw new Error(
    `The package ${packageName} cannot be loaded from the program's folder ${program}. Pulumi loads it from there, even if ` +
      "another package uses it. Install the program's packages. If it is still missing, make it a dependency of the program:\n" +
      `  npm install ${packageName}\n  pnpm add ${packageName}`,
  );
}
