import { createHash } from "node:crypto";
import type { RdsSource } from "../../aws/rds.ts";
import type { RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import type { BackupOccasion } from "../backup.ts";

/** The snapshot to take, decided before it is requested. Plain data, kept in the stack's state. */
export interface SnapshotIdentity extends RdsSource {
  /** The snapshot's identifier. `identifier` is the instance's or cluster's. */
  snapshot: string;
  /** Number of the attempt for the same occasion, from 1. */
  attempt: number;
  /** When it was decided, ISO 8601. */
  requestedAt: string;
  /** From when retention may delete it, ISO 8601. */
  expiresAt: string;
  tags: Record<string, string>;
}

/** Tags that mark snapshots of this package. Retention touches nothing without them. */
export const snapshotTags = {
  database: "pulumi-pg-migrations:database",
  occasion: "pulumi-pg-migrations:occasion",
  attempt: "pulumi-pg-migrations:attempt",
  expiresAt: "expires-at",
} as const;

/** The longest name that AWS accepts for a cluster's snapshot; an instance's may be longer. */
const longestName = 63;

/**
 * The part of the name that all attempts of one occasion share, such as `app-prod-before-9f86d081884c`. It is lowercase
 * because AWS lowercases, and avoids what AWS refuses: two hyphens in a row, one at the end, a digit at the start.
 */
export function snapshotStem(source: RdsSource, occasion: BackupOccasion): string {
  const suffix = `-before-${occasionHash(source, occasion)}`;
  const longestAttempt = "-99999".length;
  return `${slug(source.identifier).slice(0, longestName - suffix.length - longestAttempt)}${suffix}`.replace(
    /-+/g,
    "-",
  );
}

/** Identifies an occasion by 12 hexadecimal digits. */
function occasionHash(
  { kind, identifier }: RdsSource,
  { database, position, digest }: BackupOccasion,
): string {
  const text = JSON.stringify([kind, identifier, database, position, digest]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function slug(identifier: string): string {
  const plain = identifier
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "");
  return plain === "" ? "db" : plain;
}

/** The facts that the decision depends on. */
export interface IdentityRequest {
  source: RdsSource;
  occasion: BackupOccasion;
  /** Existing snapshots of the source. */
  snapshots: readonly RdsSnapshotFacts[];
  /** The previous decision. */
  previous: SnapshotIdentity | undefined;
  /** Age in minutes up to which the previous snapshot of the same occasion is used again. */
  reuseMinutes: number;
  retentionDays: number;
  now: Date;
}

/**
 * The previous snapshot if it is of the same occasion and young enough or still being created. Otherwise a new attempt
 * with an unused name.
 */
export function decideOnSnapshot(request: IdentityRequest): { identity: SnapshotIdentity; reused: boolean } {
  const { source, occasion, previous, snapshots, now } = request;
  const stem = snapshotStem(source, occasion);
  const taken = snapshots.find(({ identifier }) => identifier === previous?.snapshot);
  if (previous?.snapshot.startsWith(`${stem}-`) === true && isUsable(taken, request))
    return { identity: previous, reused: true };
  const attempt =
    1 + Math.max(0, ...attemptsOf(stem, [previous?.snapshot, ...snapshots.map((each) => each.identifier)]));
  const expiresAt = new Date(now.getTime() + request.retentionDays * 86_400_000).toISOString();
  return {
    identity: {
      ...source,
      snapshot: `${stem}-${attempt}`,
      attempt,
      requestedAt: now.toISOString(),
      expiresAt,
      tags: {
        [snapshotTags.database]: tagValue(occasion.database),
        [snapshotTags.occasion]: `${occasion.position} ${occasion.digest.slice(0, 12)}`,
        [snapshotTags.attempt]: String(attempt),
        [snapshotTags.expiresAt]: expiresAt,
      },
    },
    reused: false,
  };
}

/** A snapshot that is still being created counts however long that takes: it holds the state from its start. */
function isUsable(taken: RdsSnapshotFacts | undefined, { reuseMinutes, now }: IdentityRequest): boolean {
  if (taken?.status === "creating") return true;
  if (taken?.status !== "available" || taken.takenAt === undefined) return false;
  return now.getTime() - Date.parse(taken.takenAt) < reuseMinutes * 60_000;
}

function attemptsOf(stem: string, names: readonly (string | undefined)[]): number[] {
  return names
    .filter((name) => name?.startsWith(`${stem}-`) === true)
    .map((name) => Number(name?.slice(stem.length + 1)))
    .filter(Number.isInteger);
}

/** AWS accepts letters, digits, spaces and a few signs in the value of a tag, 256 in all. */
export function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N} +\-=._:/@]/gu, "_").slice(0, 256);
}
