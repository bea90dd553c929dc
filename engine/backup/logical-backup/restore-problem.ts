import type { Shadow } from "../../shadow/shadow.ts";
import { BackupError } from "../backup.ts";
import { majorVersion } from "./archive-programs.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";

/** Errors that come from the server's installation, not from the archive. */
const lackingOnServer =
  /extension ".*" is not available|could not open extension control file|could not access file|could not load library|collation ".*" .*does not exist|ICU is not supported|access method ".*" does not exist|unrecognized configuration parameter|could not find a suitable/i;

/** PostgreSQL's errors for a role that is not a superuser. */
const needsSuperuser =
  /permission denied|must be (?:a )?(?:superuser|owner|member|able)|only superusers? can|only roles with|query would be affected by row-level security/i;

/**
 * Why an archive was not restored, if only the shadow is to blame. Throws a `BackupError` if the archive may be to
 * blame.
 */
export function notRestoredBecause(
  problem: string,
  { identity, shadow }: { identity: LogicalBackupIdentity; shadow: Shadow },
): string {
  const { name, database, serverVersion } = identity;
  if (lackingOnServer.test(problem)) return `the shadow cannot hold ${database}: ${problem}`;
  if (needsSuperuser.test(problem))
    return (
      `the shadow's role is not a superuser, so that SQL in a dump cannot reach this machine, and cannot restore ` +
      `everything in ${database}: ${problem}`
    );
  throw new BackupError(
    "ARCHIVE_NOT_RESTORABLE",
    `${name} cannot be restored: ${problem}. It is not a usable backup. Check what pg_restore reports about ${database}, repair ` +
      `it, and run pulumi up again.${versionHint(serverVersion, shadow.serverVersion)}`,
  );
}

/** A newer version can refuse what an older one accepted, which does not prove the archive wrong. */
function versionHint(server: string, shadow: string): string {
  if (majorVersion(server) === majorVersion(shadow)) return "";
  return (
    ` If only the version of the shadow, PostgreSQL ${shadow} instead of ${server}, refuses it, name a server of ` +
    `version ${majorVersion(server)} as the shadow.`
  );
}
