import assert from "node:assert/strict";
import { test } from "node:test";
import { providerOf } from "../../../resources/index.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const source = { kind: "instance", identifier: "app-prod" };

test("a backup whose occasion, source or pending migrations are not known yet is not decided on", async () => {
  const { check } = providerOf("backup-identity");
  for (const news of [
    { request: { source }, occasion: unknown },
    { request: { source }, occasion: unknown, pending: unknown },
    { request: { source: unknown }, occasion: {}, pending: ["1_gifts"] },
  ]) {
    const { inputs, failure } = await check({ method: "rdsSnapshot", ...news }, {});
    assert.equal(failure, undefined);
    assert.deepEqual([inputs["identity"], inputs["needed"]], [unknown, true]);
  }
});

test("where nothing was ever pending it is known that none is needed", async () => {
  const { check } = providerOf("backup-identity");
  const news = { method: "rdsSnapshot", request: { source }, occasion: {}, pending: [] };
  const { inputs } = await check(news, {});
  assert.deepEqual([inputs["identity"], inputs["needed"]], [undefined, false]);
});

test("a restore proof that is asked for while nothing is pending waits for the next snapshot", async () => {
  const { create } = providerOf("rds-restore-proof");
  const snapshot = { id: "app-prod-before-1", verified: { by: "status" } };
  const { outs } = await create({ snapshot, pending: [] });
  assert.deepEqual(outs, { backup: snapshot });
});
