import type { Shadow } from "../../shadow/shadow.ts";
import { BackupError } from "../backup.ts";
import { majorVersion } from "./archive-programs.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";

/** What a server can lack that is nothing to do with the archive. */
const lackingOnServer =
  /extension ".*" is not available|could not open extension control file|could not access file|could not load library|collation ".*" .*does not exist|ICU is not supported|access method ".*" does not exist|unrecognized configuration parameter|could not find a suitable/i;

/** What PostgreSQL says to a role that is no superuser. */
const needsSuperuser =
  /permission denied|must be (?:a )?(?:superuser|owner|member|able)|only superusers? can|only roles with|query would be affected by row-level security/i;

/**
 * Why an archive was not restored, where that is only the shadow's fault. Throws a `BackupError` where it may be the
 * archive's.
 */
export function notRestoredBecause(
  problem: string,
  { identity, shadow }: { identity: LogicalBackupIdentity; shadow: Shadow },
): string {
  const { name, database, serverVersion } = identity;
  if (lackingOnServer.test(problem)) return `the shadow cannot hold ${database}: ${problem}`;
  if (needsSuperuser.test(problem))
    return (
      `the shadow's role, which is no superuser so that SQL in a dump cannot reach this machine, may not restore ` +
      `everything in ${database}: ${problem}`
    );
  throw new BackupError(
    "ARCHIVE_NOT_RESTORABLE",
    `${name} cannot be restored: ${problem}. It is no way back: look at what pg_restore says of ${database}, repair ` +
      `that, and run pulumi up again.${versionHint(serverVersion, shadow.serverVersion)}`,
  );
}

/** What an older version took can be refused by a newer one, which says nothing of the archive. */
function versionHint(server: string, shadow: string): string {
  if (majorVersion(server) === majorVersion(shadow)) return "";
  return (
    ` Where only the version of the shadow refuses it, PostgreSQL ${shadow} and not ${server}: name a server of ` +
    `version ${majorVersion(server)} as the shadow.`
  );
}
