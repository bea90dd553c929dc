import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { errorOn } from "../../../components/resource-error.ts";
import { BackupError } from "../../../engine/index.ts";

const resource = Object.create(pulumi.Resource.prototype) as pulumi.Resource;

test("what is meant for the user is shown without a stack, a defect with its own", () => {
  for (const error of [new pulumi.RunError("Give it."), new BackupError("BACKUP_MISSING", "Give it.")])
    assert.equal(errorOn(resource, error).message, "Give it.");
  assert.match(errorOn(resource, new TypeError("x is not a function")).message, /x is not.*\n +at /);
});
