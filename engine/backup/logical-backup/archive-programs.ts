import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BackupError } from "../backup.ts";
import type { ArchivePrograms } from "./logical-backup-identity.ts";
import { runProgram } from "./run-program.ts";

/**
 * Folders below which PostgreSQL's packages install the programs of each version, by the conventions of each system.
 */
const packageFolders = [
  { parent: "/usr/lib/postgresql", programs: "bin" },
  { parent: "/usr", programs: "bin", only: /^pgsql-/ },
  { parent: "/usr/libexec", programs: ".", only: /^postgresql\d/ },
  { parent: "/usr/local", programs: "bin", only: /^pgsql$/ },
  { parent: "/opt/homebrew/opt", programs: "bin", only: /^(libpq|postgresql)(@|$)/ },
  { parent: "/usr/local/opt", programs: "bin", only: /^(libpq|postgresql)(@|$)/ },
  { parent: "/Applications/Postgres.app/Contents/Versions", programs: "bin" },
];

/**
 * Finds a pg_dump and pg_restore that are not older than the server. Searches only the given folder, else PATH, else
 * takes the oldest suitable ones that are installed. Rejects with a `BackupError` that names the package to install.
 */
export async function findArchivePrograms(
  serverVersion: string,
  folder: string | undefined,
): Promise<ArchivePrograms> {
  const given = await lookIn(folder === undefined ? undefined : resolve(folder));
  if (given !== undefined && isFitting(given, serverVersion)) return given;
  if (folder !== undefined) throw unfitting(given, { serverVersion, place: `in the folder ${folder}` });
  const installed = await lookInPackageFolders();
  const fitting = installed
    .filter((programs) => isFitting(programs, serverVersion))
    .sort((a, b) => majorVersion(a.version) - majorVersion(b.version));
  if (fitting[0] !== undefined) return fitting[0];
  throw unfitting(given ?? installed.at(-1), { serverVersion, place: "on PATH" });
}

/** `15` of `15.18`. */
export function majorVersion(version: string): number {
  return Number.parseInt(version, 10);
}

async function lookInPackageFolders(): Promise<ArchivePrograms[]> {
  const found = await Promise.all(
    packageFolders.map(async ({ parent, programs, only }) => {
      const names = await readdir(parent).catch(() => []);
      const wanted = names.filter((name) => only?.test(name) ?? true);
      return Promise.all(wanted.map((name) => lookIn(join(parent, name, programs))));
    }),
  );
  return found.flat().filter((programs) => programs !== undefined);
}

/** Undefined unless both programs exist. Without a folder, PATH is searched. */
async function lookIn(folder: string | undefined): Promise<ArchivePrograms | undefined> {
  const place = (program: string) => (folder === undefined ? program : join(folder, program));
  const [pgDump, pgRestore] = [place("pg_dump"), place("pg_restore")];
  const versions = await Promise.all([versionOf(pgDump), versionOf(pgRestore)]);
  const [version, restoreVersion] = versions;
  // The version that wrote an archive and newer ones can read it.
  if (version === undefined || restoreVersion === undefined) return undefined;
  const older = majorVersion(restoreVersion) < majorVersion(version) ? restoreVersion : version;
  return { pgDump, pgRestore, version: older };
}

async function versionOf(program: string): Promise<string | undefined> {
  const result = await runProgram(program, ["--version"]).catch(() => undefined);
  return /\(PostgreSQL\) (\d+\S*)/.exec(result?.stdout ?? "")?.[1];
}

function isFitting({ version }: ArchivePrograms, serverVersion: string): boolean {
  return majorVersion(version) >= majorVersion(serverVersion);
}

function unfitting(
  found: ArchivePrograms | undefined,
  { serverVersion, place }: { serverVersion: string; place: string },
): BackupError {
  const needed = majorVersion(serverVersion);
  const install =
    `Install the client programs of version ${needed} or later (Debian, Ubuntu: postgresql-client-${needed}; ` +
    `Fedora, RHEL: postgresql${needed}; Alpine: postgresql${needed}-client; Homebrew: libpq), or set programs to ` +
    `their folder.`;
  if (found === undefined)
    return new BackupError(
      "PROGRAM_MISSING",
      `pg_dump and pg_restore were not found ${place}; the server is PostgreSQL ${serverVersion}. ${install}`,
    );
  return new BackupError(
    "PROGRAM_TOO_OLD",
    `pg_dump ${found.version} (${found.pgDump}) is older than the server, PostgreSQL ${serverVersion}, and would ` +
      `refuse to dump it. ${install}`,
  );
}
