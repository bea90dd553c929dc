import type { Aws } from "../aws.ts";
import type { Interception } from "../interception.ts";
import { mapElements, textOf, withText } from "../xml.ts";

/** A reported state of an instance or a cluster. */
export interface DatabaseState {
  /** Identifier of the instance or the cluster. */
  database: string;
  /** `modifying`, `backing-up`, `storage-full`, ... */
  status: string;
  /**
   * Number of descriptions that report it; later ones report moto's state. Default: until the interception is removed.
   */
  polls?: number;
  /** True if snapshots can be created anyway. Default: false, as in most states. */
  acceptsSnapshots?: boolean;
}

/** Reports an instance or a cluster in another status, in which AWS refuses snapshots of it. */
export function setDatabaseStatus(aws: Aws, state: DatabaseState): Interception {
  const { database, status, polls = Infinity, acceptsSnapshots = false } = state;
  let described = 0;
  const shown = aws.intercept(
    { action: ["DescribeDBInstances", "DescribeDBClusters"] },
    {
      rewrite: (xml) =>
        mapDatabases(xml, (element, { id, kind }) =>
          id !== database || described++ >= polls
            ? element
            : withText(element, kind === "DBInstance" ? "DBInstanceStatus" : "Status", status),
        ),
    },
  );
  if (acceptsSnapshots) return shown;
  const refused = refuseSnapshots(aws, { database, while: () => described < polls });
  return {
    get count() {
      return shown.count;
    },
    remove() {
      shown.remove();
      refused.forEach((interception) => interception.remove());
    },
  };
}

/** Refuses snapshots of an instance or a cluster as AWS does while it is not available. */
export function refuseSnapshots(
  aws: Aws,
  filter: { database?: string; times?: number; while?: () => boolean } = {},
): Interception[] {
  const { database = "the-database", times = Infinity } = filter;
  const concerns = (id: string | undefined): boolean =>
    (filter.database === undefined || id === filter.database) && filter.while?.() !== false;
  return [
    aws.intercept(
      { action: "CreateDBSnapshot", times, when: (call) => concerns(call["DBInstanceIdentifier"]) },
      {
        error: {
          code: "InvalidDBInstanceState",
          message:
            `Cannot create a snapshot because the database instance ${database} is not currently in the ` +
            "available state.",
        },
      },
    ),
    aws.intercept(
      { action: "CreateDBClusterSnapshot", times, when: (call) => concerns(call["DBClusterIdentifier"]) },
      {
        error: {
          code: "InvalidDBClusterStateFault",
          message:
            "Cannot create a snapshot because the database instance is not currently in the available state.",
        },
      },
    ),
  ];
}

/** Refuses snapshots of single instances of a cluster, as AWS does. */
export function refuseSnapshotsOfMembers(aws: Pick<Aws, "calls" | "intercept">): Interception {
  const isMember = (id: string | undefined): boolean =>
    aws
      .calls("CreateDBInstance")
      .some(({ parameters: { DBInstanceIdentifier, DBClusterIdentifier } }) =>
        DBInstanceIdentifier === id ? DBClusterIdentifier !== undefined : false,
      );
  return aws.intercept(
    { action: "CreateDBSnapshot", when: ({ DBInstanceIdentifier: id }) => isMember(id) },
    {
      error: {
        code: "InvalidParameterValue",
        message:
          "The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use " +
          "the CreateDBClusterSnapshot API instead.",
      },
    },
  );
}

/** Reports another latest restorable time of an instance or a cluster; moto reports the present. */
export function setLatestRestorableTime(
  aws: Aws,
  { database, time }: { database: string; time: Date | undefined },
): Interception {
  return aws.intercept(
    { action: ["DescribeDBInstances", "DescribeDBClusters"] },
    {
      rewrite: (xml) =>
        mapDatabases(xml, (element, { id }) =>
          id === database ? withText(element, "LatestRestorableTime", time?.toISOString()) : element,
        ),
    },
  );
}

/** Changes the instances and clusters of an answer. */
export function mapDatabases(
  xml: string,
  change: (element: string, database: { id: string; kind: "DBCluster" | "DBInstance" }) => string,
): string {
  return (["DBInstance", "DBCluster"] as const).reduce(
    (changed, kind) =>
      mapElements(changed, kind, (element) =>
        change(element, { kind, id: textOf(element, `${kind}Identifier`) ?? "" }),
      ),
    xml,
  );
}
