import { serve } from "../provider-server.ts";
import { clusterSnapshot } from "./cluster-snapshot.ts";
import { configureClient } from "./rds-client.ts";
import { snapshot } from "./snapshot.ts";

serve({
  version: "7.48.0",
  configure: configureClient,
  resources: {
    "aws:rds/snapshot:Snapshot": snapshot,
    "aws:rds/clusterSnapshot:ClusterSnapshot": clusterSnapshot,
  },
  functions: {},
});
