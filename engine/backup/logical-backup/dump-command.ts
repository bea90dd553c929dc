import { connectionFromUrl } from "../../postgres/session/connection-url.ts";
import type { Connection } from "../../postgres/session/connection.ts";
import { authoritiesText } from "../../postgres/session/libpq-variables.ts";
import { quoteForShell } from "../shell-word.ts";
import { environmentLines, folderLines, passwordLines } from "./dump-surroundings.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";

/** What a shell runs, and what it has to find in its environment besides what it inherits. */
export interface DumpCommand {
  /** The commands, for a POSIX shell; hold no secret. */
  create: string;
  environment: Record<string, string>;
  /** The password, where the connection holds it; one that is in a variable of the environment is read from there. */
  secretEnvironment: Record<string, string>;
}

/** The longest text that is put into one variable: Linux refuses a program one of 128 KiB. */
const longestVariable = 60_000;

/**
 * The command that dumps the database into a file whose name says that it is unfinished. Where the command fails it
 * removes the file; where it is killed, the name alone tells. Pure.
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
    // The time of creation in an archive is that of a wall clock, whose zone it does not tell.
    environment: { ...identity.libpq, TZ: "UTC", ...certificates },
    secretEnvironment: passwordVariables(request.connection),
  };
}

/** Where the text of authorities is written to while pg_dump runs. */
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
    // What is a name here can be a keyword of the version that it is restored into.
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
 * pg_dump repeats names, which can hold anything: each line gets a bar, so that none is a command to the service that
 * keeps the log, and control characters and controls of writing direction become question marks (their bytes in UTF-8).
 */
const showLines = [
  `[ -z "$said" ] || printf '%s\\n' "$said" | LC_ALL=C awk 'NR <= 200 {`,
  `  gsub(/[\\001-\\010\\013-\\037\\177]/, "?"); gsub(/\\302[\\200-\\237]/, "?"); gsub(/\\330\\234/, "?")`,
  `  gsub(/\\342\\200[\\213-\\217\\250-\\256]/, "?"); gsub(/\\342\\201[\\240-\\257]/, "?"); gsub(/\\357\\273\\277/, "?")`,
  `  gsub(/##/, "# #"); gsub(/<[{]%/, "<{ %"); print "| " substr($0, 1, 4000)`,
  `}' >&2`,
];

/** A command is run again where only its environment has changed: a backup that is finished stays. */
function skipLines({ target }: LogicalBackupRequest, { location }: LogicalBackupIdentity): string[] {
  return "bucket" in target ? [] : [`if [ -e ${quoteForShell(location)} ]; then exit 0; fi`];
}

/** What a connection puts into the environment: a password that it holds itself. One in a variable stays there. */
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
  // Without -C a file, or a link, that is there already would be written to.
  return [`(set -C; printf %s ${variables.map((name) => `"$${name}"`).join(" ")} >"$archive.ca")`];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** A comment ends at the end of its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ");
}
