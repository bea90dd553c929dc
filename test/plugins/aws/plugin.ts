import { serve } from "../provider-server.ts";
import { cluster } from "./cluster.ts";
import { clusterInstance } from "./cluster-instance.ts";
import { clusterSnapshot } from "./cluster-snapshot.ts";
import { getCluster, getClusterSnapshot, getInstance, getSnapshot } from "./functions.ts";
import { instance } from "./instance.ts";
import { configureClient } from "./rds-client.ts";
import { snapshot } from "./snapshot.ts";

serve({
  version: "7.48.0",
  configure: configureClient,
  resources: {
    "aws:rds/cluster:Cluster": cluster,
    "aws:rds/clusterInstance:ClusterInstance": clusterInstance,
    "aws:rds/clusterSnapshot:ClusterSnapshot": clusterSnapshot,
    "aws:rds/instance:Instance": instance,
    "aws:rds/snapshot:Snapshot": snapshot,
  },
  functions: {
    "aws:rds/getCluster:getCluster": getCluster,
    "aws:rds/getClusterSnapshot:getClusterSnapshot": getClusterSnapshot,
    "aws:rds/getInstance:getInstance": getInstance,
    "aws:rds/getSnapshot:getSnapshot": getSnapshot,
  },
});
