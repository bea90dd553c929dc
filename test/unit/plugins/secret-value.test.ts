import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsSecret, plain, secret, withSecrets } from "../../plugins/secret-value.ts";

const inputs = { create: "run", environment: { TOKEN: secret("t"), NAME: "n" } };

test("marks are found and taken away however deep they are", () => {
  assert.equal(holdsSecret(inputs), true);
  assert.equal(holdsSecret(inputs.create), false);
  assert.deepEqual(plain(inputs), { create: "run", environment: { TOKEN: "t", NAME: "n" } });
});

test("an output is secret where its input is, where it is named, and where all are", () => {
  const outputs = { ...(plain(inputs) as object), stdout: "t", password: "p" };
  assert.deepEqual(withSecrets(outputs, inputs, { secretOutputs: ["password"] }), {
    ...inputs,
    stdout: "t",
    password: secret("p"),
  });
  assert.deepEqual(withSecrets(outputs, inputs, { all: true }), {
    ...inputs,
    stdout: secret("t"),
    password: secret("p"),
  });
});

test("an output that is no longer what the secret input was is secret as a whole", () => {
  assert.deepEqual(withSecrets({ environment: {} }, inputs, {}), { environment: secret({}) });
});
