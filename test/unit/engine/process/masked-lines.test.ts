import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MaskedLines } from "../../../../engine/process/masked-lines.ts";
import { spellingsOf } from "../../../../engine/process/secret-spelling.ts";

function pass(chunks: readonly string[], ...secrets: string[]): string[] {
  const lines: string[] = [];
  const masking = new MaskedLines(spellingsOf(secrets), (line) => lines.push(line));
  for (const chunk of chunks) masking.push(chunk);
  masking.end();
  return lines;
}

test("lines are passed on as they come, whatever ends them, and the last without an end", () => {
  assert.deepEqual(pass(["a\nb", "\r", "\nc\rd\n\ne"]), ["a", "b", "c", "d", "", "e"]);
  assert.deepEqual(pass([]), []);
});

test("a secret is masked however it is spelt", () => {
  const secret = `p'w"d\\ 100%@/é`;
  for (const spelling of [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    encodeURIComponent(secret).replaceAll("%20", "+").replaceAll("'", "%27"),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", `'\\''`),
    JSON.stringify(secret).slice(1, -1).replaceAll("'", "\\u0027"),
    `password=${secret}`,
  ])
    assert.match(pass([`told ${spelling} to all`], secret)[0] ?? "", /^told (password=)?\[secret\] to all$/);
});

test("passwords that are told by what stands before them are masked too", () => {
  assert.deepEqual(pass(["postgres://u:other@h/db\n", "ALTER ROLE x PASSWORD 'other'"], "mine"), [
    "postgres://u:[secret]@h/db",
    "ALTER ROLE x PASSWORD '[secret]'",
  ]);
});

test("a secret of several lines is masked line by line", () => {
  assert.deepEqual(pass(["one\ntwo\n"], "one\ntwo"), ["[secret]", "[secret]"]);
});

test("wherever the output is cut into chunks, and however long a line is, no secret comes through", () => {
  const secret = "s3cret/word";
  const part = fc.oneof(
    fc.constantFrom(secret, encodeURIComponent(secret), "\n", "\r\n", "s3cr", "word"),
    fc.integer({ min: 1, max: 40_000 }).map((length) => "x".repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(100_000)), (parts, cuts) => {
      const text = parts.join("");
      const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const chunks = places.slice(1).map((end, at) => text.slice(places[at], end));
      const lines = pass(chunks, secret);
      assert.ok(lines.every((line) => !line.includes(secret) && !line.includes("s3cret%2Fword")));
      assert.ok(lines.every((line) => line.length < 64 * 1024));
      const masks = (value: string): string =>
        value
          .replaceAll(secret, "[secret]")
          .replaceAll("s3cret%2Fword", "[secret]")
          .replaceAll(/[\r\n]/g, "");
      assert.equal(lines.join(""), masks(text));
    }),
  );
});
