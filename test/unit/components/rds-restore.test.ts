import assert from "node:assert/strict";
import { test } from "node:test";
import { RdsRestore, type RdsRestoreArgs } from "../../../components/index.ts";
import { mockedRdsDatabase } from "../../../components/mocked-backup.ts";
import { Provider } from "./given.ts";
import { named, type RecordedResource, recordResources, valueOf } from "./recorded-resources.ts";

const from = mockedRdsDatabase;
const restored: RdsRestoreArgs = { kind: "instance", identifier: "new", snapshot: "old", from };

function bringUp(args: Partial<RdsRestoreArgs>): Promise<RecordedResource[]> {
  return recordResources(
    () => new RdsRestore("app", { ...restored, ...args }, { providers: [new Provider("eu", "aws")] }),
  );
}

for (const kind of ["instance", "cluster"] as const)
  test(`RdsRestore keeps a restored ${kind}, and no later snapshot replaces it`, async () => {
    const children = (await bringUp({ kind })).filter(({ parent }) => parent === "app");
    assert.ok(children.length > 0);
    for (const { name, retainOnDelete, provider } of children)
      assert.deepEqual([retainOnDelete, provider], [true, "eu"], name);
    const [database] = children;
    assert.ok(database?.ignoreChanges.includes("snapshotIdentifier"));
    assert.deepEqual(
      [database?.inputs["deletionProtection"], database?.inputs["finalSnapshotIdentifier"]],
      [true, "new-final"],
    );
  });

test("RdsRestore changes the class of the instance only if one is given", async () => {
  for (const instanceClass of [undefined, "db.m7g.large"]) {
    const { ignoreChanges } = named(await bringUp({ instanceClass }), "app-instance");
    assert.equal(ignoreChanges.includes("instanceClass"), instanceClass === undefined);
  }
});

test("RdsRestore puts an instance into a restored cluster", async () => {
  const recorded = await bringUp({ kind: "cluster" });
  assert.deepEqual(named(recorded, "app-instance").dependencies, ["app-cluster"]);
  assert.equal(named(recorded, "app-instance").inputs["clusterIdentifier"], "app-cluster-id");
});

test("RdsRestore leaves the instances of a Multi-AZ cluster to AWS", async () => {
  const members = { instanceClass: "db.m6gd.large", storageType: "io1", iops: 1000 };
  const recorded = await bringUp({
    kind: "cluster",
    from: { ...from, placement: { ...from.placement, members } },
  });
  assert.deepEqual(
    recorded.flatMap(({ name, parent }) => (parent === "app" ? [name] : [])),
    ["app-cluster"],
  );
});

test("RdsRestore gives the address of the instance", async () => {
  const values: Promise<unknown>[] = [];
  await recordResources(
    () => {
      const { host, port } = new RdsRestore("app", restored);
      values.push(valueOf(host), valueOf(port));
    },
    { outputs: { Instance: { address: "db.example", port: 5433 } } },
  );
  assert.deepEqual(await Promise.all(values), ["db.example", 5433]);
});
