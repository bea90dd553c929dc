import type { Properties } from "../provider.ts";

const property = '"db_cluster_snapshot_identifier"';

/** Says why an identifier of a cluster snapshot is refused before AWS is asked. */
export function findIdentifierProblems(
  { dbClusterSnapshotIdentifier: identifier }: Properties,
  name: string,
): string[] {
  if (typeof identifier !== "string") return [];
  const where = `Examine values at '${name}.dbClusterSnapshotIdentifier'.`;
  const rules: [isBroken: boolean, reason: string][] = [
    [!/^[0-9a-z-]+$/.test(identifier), "must contain only lowercase alphanumeric characters and hyphens"],
    [!/^[a-z]/.test(identifier), "must begin with a lowercase letter"],
    [identifier.includes("--"), "cannot contain two consecutive hyphens"],
    [identifier.endsWith("-"), "cannot end with a hyphen"],
  ];
  const problems = rules
    .filter(([isBroken]) => isBroken)
    .map(([, reason]) => `invalid value for ${property} (${reason}). ${where}`);
  if (identifier.length >= 1 && identifier.length <= 63) return problems;
  return [
    `expected length of ${property} to be in the range (1 - 63), got ${identifier}. ${where}`,
    ...problems,
  ];
}
