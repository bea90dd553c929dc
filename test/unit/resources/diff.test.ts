import assert from "node:assert/strict";
import { test } from "node:test";
import { providerOf } from "../../../resources/index.ts";

// What the engine sends in place of a value that is not known before the deployment.
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("a resource changes where something is pending, and where that is not known yet", async () => {
  for (const noun of ["preflight", "database-copy", "migration-run", "verification"] as const) {
    const { diff } = providerOf(noun);
    assert.deepEqual(await diff({}, { pending: [] }), { changes: false }, noun);
    assert.deepEqual(await diff({}, { pending: ["1_gifts"] }), { changes: true }, noun);
    assert.deepEqual(await diff({}, { pending: unknown }), { changes: true }, noun);
  }
});

test("a run changes with the digest of the folder, so that its outputs tell the truth", async () => {
  const { diff } = providerOf("migration-run");
  assert.deepEqual(await diff({ digest: "a" }, { digest: "a", pending: [] }), { changes: false });
  assert.deepEqual(await diff({ digest: "a" }, { digest: "b", pending: [] }), { changes: true });
});

test("a verification changes with its checks", async () => {
  const { diff } = providerOf("verification");
  const gifts = [{ kind: "tableExists", name: "gifts", table: "gifts" }];
  assert.deepEqual(await diff({ checks: gifts }, { checks: gifts, pending: [] }), { changes: false });
  assert.deepEqual(await diff({ checks: gifts }, { checks: [], pending: [] }), { changes: true });
});

test("a verification is evaluated anew where a check was found not to hold", async () => {
  const { diff } = providerOf("verification");
  assert.deepEqual(await diff({ checks: [] }, { checks: [], pending: [], standing: { violated: true } }), {
    changes: true,
  });
  assert.deepEqual(await diff({ checks: [] }, { checks: [], pending: [], standing: { violated: false } }), {
    changes: false,
  });
});

test("a verification that a refresh has found violated is evaluated anew, and one of an earlier version is left as it is", async () => {
  const { diff, read } = providerOf("verification");
  assert.deepEqual(await diff({ checks: [], isStale: true }, { checks: [], pending: [] }), { changes: true });
  const earlier = { checks: [{ kind: "tableExists" }], verified: ["a"] };
  assert.deepEqual(await read(earlier), earlier);
});

test("a copy without a preflight is taken when its triggers change", async () => {
  const { diff } = providerOf("database-copy");
  assert.deepEqual(await diff({ triggers: ["1"] }, { triggers: ["1"] }), { changes: false });
  assert.deepEqual(await diff({ triggers: ["1"] }, { triggers: ["2"] }), { changes: true });
});

test("a connection that has moved changes nothing by itself", async () => {
  const { diff } = providerOf("migration-run");
  assert.deepEqual(
    await diff(
      { digest: "a", connection: { host: "a" } },
      { digest: "a", connection: { host: "b" }, pending: [] },
    ),
    { changes: false },
  );
});

test("a verification follows its connection, which a refresh is handed", async () => {
  const { diff } = providerOf("verification");
  const olds = { checks: [], connection: { host: "a", port: 1 } };
  assert.deepEqual(await diff(olds, { ...olds, connection: { port: 1, host: "a" }, pending: [] }), {
    changes: false,
  });
  assert.deepEqual(await diff(olds, { ...olds, connection: { host: "b" }, pending: [] }), { changes: true });
});

test("what this deployment has done is no change, and what another has done is one", async () => {
  const { diff } = providerOf("migration-run");
  const news = { digest: "a", pending: ["1_gifts"], deployment: "now" };
  assert.deepEqual(await diff({ digest: "a", deployment: "now" }, news), { changes: false });
  assert.deepEqual(await diff({ digest: "a", deployment: "before" }, news), { changes: true });
  assert.deepEqual(await diff({ digest: "a" }, news), { changes: true });
});
