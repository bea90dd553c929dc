import { nameWithSuffix } from "../database-name.ts";
import type { ServerWords } from "../server-words.ts";
import { quoteForShell } from "../shell-word.ts";
import type { ArchiveFormat } from "./logical-backup-request.ts";

/** Properties of a database that are missing from an archive, and that its data depend on. */
export interface DatabaseLocale {
  encoding: string;
  collate: string;
  ctype: string;
  /** `libc`, `icu` or `builtin`; undefined before PostgreSQL 15. */
  provider?: string | undefined;
  /** The locale, for `icu` and `builtin`. */
  locale?: string | undefined;
}

export interface RestoreFromArchive {
  /** The path, or the `s3://` address. */
  location: string;
  format: ArchiveFormat;
  /** The words by which the programs reach the server. */
  server: ServerWords;
  database: string;
  locale: DatabaseLocale;
  jobs: number;
}

/**
 * The command that restores an archive into a new database, `<database>_restored`, beside the original. It overwrites
 * nothing. It restores owners and privileges, so the roles must exist. The programs ask for the password or read it
 * from PGPASSWORD.
 */
export function restoreArchiveCommand(restore: RestoreFromArchive): string {
  const { location, format, server, database, jobs } = restore;
  const restored = nameWithSuffix(database, "_restored");
  const archive = location.startsWith("s3://")
    ? `./${location.slice(location.lastIndexOf("/") + 1)}`
    : location;
  const createdb = [
    `${server.variables}createdb`,
    ...server.options,
    "-T template0",
    ...localeOptions(restore.locale),
    "--",
    quoteForShell(restored),
  ];
  const pgRestore = [
    ...[
      `${server.variables}pg_restore`,
      ...server.options,
      "--exit-on-error",
      ...(jobs > 1 ? [`--jobs=${jobs}`] : []),
    ],
    `--dbname=${quoteForShell(conninfo(restored))}`,
    quoteForShell(archive),
  ];
  return [
    ...(archive === location ? [] : [downloadCommand(location, archive, format)]),
    createdb.join(" "),
    pgRestore.join(" "),
  ].join(" && ");
}

function downloadCommand(location: string, archive: string, format: ArchiveFormat): string {
  if (format === "custom") return `aws s3 cp ${quoteForShell(location)} ${quoteForShell(archive)}`;
  return `aws s3 cp --recursive ${quoteForShell(`${location}/`)} ${quoteForShell(`${archive}/`)}`;
}

function localeOptions({ encoding, collate, ctype, provider, locale }: DatabaseLocale): string[] {
  const ofProvider = provider === "icu" ? "--icu-locale" : "--builtin-locale";
  return [
    `--encoding=${quoteForShell(encoding)}`,
    `--lc-collate=${quoteForShell(collate)}`,
    `--lc-ctype=${quoteForShell(ctype)}`,
    ...(provider === undefined ? [] : [`--locale-provider=${provider}`]),
    ...(locale === undefined ? [] : [`${ofProvider}=${quoteForShell(locale)}`]),
  ];
}

/** pg_restore would take a name that contains `=` for a connection string. */
function conninfo(database: string): string {
  return /^[\w-]+$/.test(database) ? database : `dbname='${database.replace(/[\\']/g, String.raw`\$&`)}'`;
}
