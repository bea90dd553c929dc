import assert from "node:assert/strict";
import { test } from "node:test";
import type * as pulumi from "@pulumi/pulumi";
import { RdsSnapshot, type RdsSnapshotArgs } from "../../../components/index.ts";
import { connection, Provider } from "./given.ts";
import { named, type RecordedResource, recordResources, valueOf, waitsFor } from "./recorded-resources.ts";

const proven: RdsSnapshotArgs = { connection, instance: "App", proveRestore: true };

function bringUp(
  args: RdsSnapshotArgs,
  optionsOf: () => pulumi.ComponentResourceOptions = () => ({}),
): Promise<RecordedResource[]> {
  return recordResources(() => new RdsSnapshot("app", args, optionsOf()));
}

test("RdsSnapshot decides on an identity, takes the snapshot, confirms it, then proves it and deletes expired ones", async () => {
  const recorded = await bringUp(proven);
  for (const [name, dependencies] of Object.entries({
    "app-identity": [],
    "app-snapshot": ["app-identity"],
    "app-available": ["app-identity", "app-snapshot"],
    "app-proof": ["app-available"],
    "app-retention": ["app-available", "app-identity"],
  }))
    assert.deepEqual(named(recorded, name).dependencies, dependencies, name);
});

test("RdsSnapshot keeps the snapshot when the stack is destroyed", async () => {
  const retained = (await bringUp(proven)).filter(({ retainOnDelete }) => retainOnDelete);
  assert.deepEqual(retained.map(({ name }) => name).sort(), ["app-available", "app-snapshot"]);
});

test("RdsSnapshot gives the snapshot its timeout", async () => {
  for (const [timeoutMinutes, expected] of [
    [undefined, "360m"],
    [5, "5m"],
  ] as const)
    assert.equal(
      named(await bringUp({ instance: "app", timeoutMinutes }), "app-snapshot").createTimeout,
      expected,
    );
});

test("RdsSnapshot of a cluster takes a snapshot of the cluster", async () => {
  const recorded = await bringUp({ cluster: "app" });
  assert.equal(named(recorded, "app-snapshot").type, "aws:rds/clusterSnapshot:ClusterSnapshot");
});

test("RdsSnapshot looks for a database of the lower-case name that RDS gives it", async () => {
  const request = named(await bringUp(proven), "app-identity").inputs["request"];
  assert.deepEqual((request as { source: object }).source, { kind: "instance", identifier: "app" });
});

const waysToGiveProviders: [string, (aws: Provider) => pulumi.ComponentResourceOptions][] = [
  ["provider", (aws) => ({ provider: aws })],
  ["providers", (aws) => ({ providers: [aws] })],
];

for (const [option, optionsOf] of waysToGiveProviders)
  test(`RdsSnapshot uses the AWS provider that ${option} gives, and its region for its own calls`, async () => {
    const recorded = await bringUp(proven, () => optionsOf(new Provider("eu", "aws")));
    assert.equal(named(recorded, "app-snapshot").provider, "eu");
    for (const name of ["app-available", "app-proof", "app-retention"])
      assert.deepEqual(named(recorded, name).inputs["access"], { region: "eu-west-1" }, name);
  });

test("restoreInto restores the newest snapshot, by the same provider", async () => {
  const recorded = await recordResources(() => {
    const snapshot = new RdsSnapshot("app", { instance: "app" }, { providers: [new Provider("eu", "aws")] });
    snapshot.restoreInto("new", { identifier: "new" });
  });
  const { provider, inputs } = named(recorded, "new-instance");
  assert.equal(provider, "eu");
  assert.equal(inputs["snapshotIdentifier"], "mocked-rdsSnapshot");
  assert.ok(waitsFor(recorded, "new-instance", "app-available"));
});

test("RdsSnapshot gives the backup that was proven, else the one that was confirmed", async () => {
  for (const [args, id] of [
    [proven, "proven"],
    [{ instance: "app" }, "confirmed"],
  ] as const) {
    const ids: Promise<string | undefined>[] = [];
    await recordResources(
      () => void ids.push(valueOf(new RdsSnapshot("app", args).backup).then((backup) => backup?.id)),
      {
        outputs: {
          RdsSnapshot: { backup: { id: "confirmed" } },
          RdsRestoreProof: { backup: { id: "proven" } },
        },
      },
    );
    assert.deepEqual(await Promise.all(ids), [id]);
  }
});
