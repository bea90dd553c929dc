import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { nameWithSuffix } from "../backup/database-name.ts";
import { findLogicalBackup } from "../backup/logical-backup/find-logical-backup.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { resolveConnection } from "../postgres/session/resolve-connection.ts";
import { authoritiesText } from "../postgres/session/libpq-variables.ts";
import { secretsOf, withoutSecrets } from "../postgres/session/redaction.ts";
import { childEnvironment, variablesOfLibpq } from "../process/child-environment.ts";
import { longestStderr, runProgramToEnd } from "../process/program.ts";
import { RestoreError } from "./restore-error.ts";
import { foreignLines } from "../foreign-text.ts";

export interface RestoreArchiveRequest {
  /** The database that was dumped. */
  connection: Connection;
  /** Path or `s3://` address. */
  archive: string;
  /** The folder of createdb and pg_restore. Default: those on PATH. */
  programs?: string | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Verifies an archive and restores it into a new database beside the original, with the restore command of the backup.
 * Resolves to the new database's name.
 */
export async function restoreArchive(request: RestoreArchiveRequest): Promise<string> {
  const { connection, archive, programs, onProgress } = request;
  const anyAge = Infinity;
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-"));
  try {
    const authoritiesFile = join(folder, "authorities.pem");
    const authorities = authoritiesText(connection);
    if (authorities !== undefined) await writeFile(authoritiesFile, authorities, { mode: 0o600, flag: "wx" });
    const { restoreCommand } = await findLogicalBackup({
      ...{ location: archive, connection, maxAgeMinutes: anyAge, programs, onProgress },
      authoritiesFile,
    });
    onProgress?.(restoreCommand);
    await runShell(restoreCommand, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return nameWithSuffix(resolveConnection(connection).database, "_restored");
}

/** Variables that the AWS CLI needs for an archive at S3, in addition to those that begin with AWS_. */
const variablesOfAwsCli = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"];

async function runShell(command: string, request: RestoreArchiveRequest): Promise<void> {
  const { connection, archive, programs } = request;
  const resolved = resolveConnection(connection);
  const { PATH = "" } = process.env;
  const ofAws = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  const forDownload = archive.startsWith("s3://") ? [...ofAws, ...variablesOfAwsCli] : [];
  const env = {
    ...childEnvironment([...variablesOfLibpq, ...forDownload]),
    PATH: programs === undefined ? PATH : `${programs}${delimiter}${PATH}`,
    ...(resolved.password === undefined ? {} : { PGPASSWORD: resolved.password }),
  };
  const { status, stderr } = await runProgramToEnd({ program: "/bin/sh", args: ["-c", command], env });
  if (status === 0) return;
  const said = foreignLines(withoutSecrets(stderr, secretsOf(resolved)), longestStderr);
  throw new RestoreError(
    "RESTORE_FAILED",
    `The archive could not be restored (exit status ${status}): ${said}`,
  );
}
