import type { Aws } from "../aws.ts";
import type { Interception } from "../interception.ts";
import { mapElements, textOf, withText } from "../xml.ts";

const createActions = ["CreateDBSnapshot", "CreateDBClusterSnapshot"];
const useActions = [
  ...["DeleteDBSnapshot", "DeleteDBClusterSnapshot"],
  ...["RestoreDBInstanceFromDBSnapshot", "RestoreDBClusterFromSnapshot"],
];
const describeActions = ["DescribeDBSnapshots", "DescribeDBClusterSnapshots"];

/** The duration of snapshot creation. */
export interface CreationTime {
  /** Only this snapshot, of an instance or of a cluster. Default: every manual snapshot. */
  snapshot?: string;
  /** Number of descriptions of a snapshot that report it as `creating`; `Infinity` for all. Default: 3. */
  polls?: number;
  /** Time that it is `creating` from its creation or first description, milliseconds, instead of `polls`. */
  forMs?: number;
}

/** Reports new snapshots as `creating` in the answer that creates them, as AWS does; moto reports `available`. */
export function startSnapshotsAsCreating(aws: Pick<Aws, "intercept">): Interception {
  return aws.intercept(
    { action: createActions },
    { rewrite: (xml) => mapSnapshots(xml, (snapshot) => asCreating(snapshot, 0)) },
  );
}

/** Reports snapshots as `creating`, with rising progress, before their real status. */
export function keepSnapshotsCreating(aws: Pick<Aws, "intercept">, time: CreationTime = {}): Interception {
  return endSnapshots(aws, time, (snapshot) => snapshot);
}

/** Makes the creation of snapshots end in the status `failed`. */
export function failSnapshots(aws: Pick<Aws, "intercept">, time: CreationTime = {}): Interception {
  return endSnapshots(aws, time, (snapshot) => withText(snapshot, "Status", "failed"));
}

function endSnapshots(
  aws: Pick<Aws, "intercept">,
  { snapshot: only, polls = 3, forMs }: CreationTime,
  end: (snapshot: string) => string,
): Interception {
  const seen = new Map<string, { polls: number; sinceMs: number }>();
  const doneOf = (progress: { polls: number; sinceMs: number }): number =>
    forMs === undefined ? progress.polls / polls : (Date.now() - progress.sinceMs) / forMs;
  const unusable = refuseUse(aws, (id) => {
    const progress = seen.get(id);
    return progress !== undefined && doneOf(progress) < 1;
  });
  const shown = aws.intercept(
    { action: [...createActions, ...describeActions] },
    {
      rewrite: (xml, { action }) =>
        mapSnapshots(xml, (snapshot, id) => {
          if (only === undefined ? textOf(snapshot, "SnapshotType") !== "manual" : only !== id)
            return snapshot;
          const progress = seen.get(id) ?? { polls: 0, sinceMs: Date.now() };
          seen.set(id, progress);
          if (createActions.includes(action)) return asCreating(snapshot, 0);
          const done = doneOf(progress);
          progress.polls++;
          return done < 1 ? asCreating(snapshot, Math.floor(done * 100)) : end(snapshot);
        }),
    },
  );
  return {
    get count() {
      return shown.count;
    },
    remove() {
      shown.remove();
      unusable.remove();
    },
  };
}

/** A snapshot that is being created can neither be deleted nor restored. */
function refuseUse(aws: Pick<Aws, "intercept">, isCreating: (id: string) => boolean): Interception {
  return aws.intercept(
    {
      action: useActions,
      when: ({ DBSnapshotIdentifier, DBClusterSnapshotIdentifier, SnapshotIdentifier }) =>
        isCreating(DBSnapshotIdentifier ?? DBClusterSnapshotIdentifier ?? SnapshotIdentifier ?? ""),
    },
    {
      error: {
        code: "InvalidDBSnapshotState",
        message: "The snapshot is not currently in the available state.",
      },
    },
  );
}

function mapSnapshots(xml: string, change: (snapshot: string, id: string) => string): string {
  return ["DBSnapshot", "DBClusterSnapshot"].reduce(
    (changed, element) =>
      mapElements(changed, element, (snapshot) =>
        change(snapshot, textOf(snapshot, `${element}Identifier`) ?? ""),
      ),
    xml,
  );
}

/** A snapshot of an instance has no creation time until it is finished. */
function asCreating(snapshot: string, percentProgress: number): string {
  const creating = withText(
    withText(snapshot, "Status", "creating"),
    "PercentProgress",
    String(percentProgress),
  );
  return textOf(snapshot, "DBClusterSnapshotIdentifier") === undefined
    ? withText(creating, "SnapshotCreateTime", undefined)
    : creating;
}
