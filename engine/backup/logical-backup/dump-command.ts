import { connectionFromUrl } from "../../postgres/session/connection-url.ts";
import type { Connection } from "../../postgres/session/connection.ts";
import { authoritiesText } from "../../postgres/session/libpq-variables.ts";
import { quoteForShell } from "../shell-word.ts";
import { environmentLines, folderLines, passwordLines } from "./dump-surroundings.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";

/** A shell script, and the variables it needs in addition to the inherited ones. */
export interface DumpCommand {
  /** The commands, for a POSIX shell. They hold no secret. */
  create: string;
  environment: Record<string, string>;
  /** The password, if the connection holds it. A password in an environment variable is read from there. */
  secretEnvironment: Record<string, string>;
}

/** The longest text put into one variable: Linux refuses to start a program with one of 128 KiB. */
const longestVariable = 60_000;

/**
 * The command that dumps the database into a file whose name marks it as unfinished. If the command fails, it removes
 * the file. If it is killed, only the name tells. Pure.
 */
export function dumpCommand(request: LogicalBackupRequest, identity: LogicalBackupIdentity): DumpCommand {
  const certificates = certificateVariables(request.connection, identity);
  return {
    create: [
      `# Dumps ${oneLine(identity.database)}; what it writes is verified, and only then gets its final name.`,
      "set -eu",
      "umask 077",
      ...passwordLines(request.connection),
      `archive=${quoteForShell(identity.temporaryPath)}`,
      ...skipLines(request, identity),
      ...folderLines(parentOf(identity.temporaryPath)),
      'rm -rf "$archive"; rm -f "$archive.ca"',
      ...cleanUpLines,
      ...certificateLines(Object.keys(certificates)),
      ...environmentLines(identity),
      "exec 3>&1",
      `status=0; said=$(${dumpLine(request, identity)} 2>&1 >&3) || status=$?`,
      ...showLines,
      'exit "$status"',
    ].join("\n"),
    // The creation time in an archive is local time without its zone.
    environment: { ...identity.libpq, TZ: "UTC", ...certificates },
    secretEnvironment: passwordVariables(request.connection),
  };
}

/** The file for the text of certificate authorities while pg_dump runs. */
export function certificatesFileOf(temporaryPath: string): string {
  return `${temporaryPath}.ca`;
}

function dumpLine(request: LogicalBackupRequest, { programs, format }: LogicalBackupIdentity): string {
  const { jobs = 1, compress, lockTimeoutMs = 60_000 } = request;
  return [
    quoteForShell(programs.pgDump),
    `--format=${format}`,
    ...(jobs > 1 ? [`--jobs=${jobs}`] : []),
    ...(compress === undefined ? [] : [`--compress=${quoteForShell(compress)}`]),
    `--lock-wait-timeout=${lockTimeoutMs}`,
    // A name here can be a keyword in the version that it is restored into.
    "--quote-all-identifiers",
    "--no-password",
    '--file="$archive"',
  ].join(" ");
}

const cleanUpLines = [
  `clean_up() { status=$?; rm -f "$archive.ca"; [ "$status" -eq 0 ] || rm -rf "$archive"; exit "$status"; }`,
  "trap clean_up EXIT",
  "trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM",
];

/**
 * pg_dump repeats names, which can hold anything. Each line gets a bar, so that the service that keeps the log never
 * takes one for a command. Control characters and controls of writing direction (by their bytes in UTF-8) become
 * question marks.
 */
const showLines = [
  `[ -z "$said" ] || printf '%s\\n' "$said" | LC_ALL=C awk 'NR <= 200 {`,
  `  gsub(/[\\001-\\010\\013-\\037\\177]/, "?"); gsub(/\\302[\\200-\\237]/, "?"); gsub(/\\330\\234/, "?")`,
  `  gsub(/\\342\\200[\\213-\\217\\250-\\256]/, "?"); gsub(/\\342\\201[\\240-\\257]/, "?"); gsub(/\\357\\273\\277/, "?")`,
  `  gsub(/##/, "# #"); gsub(/<[{]%/, "<{ %"); print "| " substr($0, 1, 4000)`,
  `}' >&2`,
];

/** A changed environment alone runs the command again: a finished backup stays. */
function skipLines({ target }: LogicalBackupRequest, { location }: LogicalBackupIdentity): string[] {
  return "bucket" in target ? [] : [`if [ -e ${quoteForShell(location)} ]; then exit 0; fi`];
}

/** The environment variables for a password that the connection itself holds. A password in a variable stays there. */
export function passwordVariables({ password, passwordVariable, url }: Connection): Record<string, string> {
  const given =
    password ??
    (passwordVariable === undefined && url !== undefined ? connectionFromUrl(url).password : undefined);
  return given === undefined ? {} : { PGPASSWORD: given };
}

function certificateVariables(connection: Connection, { libpq, temporaryPath }: LogicalBackupIdentity) {
  const tlsCa = authoritiesText(connection);
  if (tlsCa === undefined || libpq["PGSSLROOTCERT"] !== certificatesFileOf(temporaryPath)) return {};
  const parts = Math.ceil(tlsCa.length / longestVariable);
  return Object.fromEntries(
    Array.from({ length: parts }, (_, part) => [
      `CERTIFICATES_${part + 1}`,
      tlsCa.slice(part * longestVariable, (part + 1) * longestVariable),
    ]),
  );
}

function certificateLines(variables: string[]): string[] {
  if (variables.length === 0) return [];
  // Without -C, an existing file or link would be written to.
  return [`(set -C; printf %s ${variables.map((name) => `"$${name}"`).join(" ")} >"$archive.ca")`];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** A comment ends at the end of its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ");
}
