import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { ChecksumsOfPieces, checksumsOf, isSameChecksum } from "../../../../engine/folder/checksum.ts";

const known = "e0c9674d3b332d71b8bc304aae5b7b8a8bb8ec720e07072429fb20d8cc69a864";

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

test("the checksum of a known script is the one that Prisma writes", () => {
  const { checksum, alternatives } = checksumsOf(Buffer.from('CREATE ENUM MyBoolean ( "TRUE", "FALSE" )'));
  assert.equal(checksum, known);
  assert.deepEqual(alternatives, []);
});

test("a script is the same with LF and with CRLF, and another in anything else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom("a", "é", " ", "\t") }), { minLength: 2 }),
      (lines) => {
        const lf = checksumsOf(Buffer.from(lines.join("\n")));
        const crlf = checksumsOf(Buffer.from(lines.join("\r\n")));
        assert.deepEqual(lf.alternatives, [crlf.checksum]);
        assert.deepEqual(crlf.alternatives, [lf.checksum]);
        assert.equal(lf.portable, crlf.portable);
        const other = checksumsOf(Buffer.from(`${lines.join("\n")} `));
        assert.ok(!isSameChecksum(other.checksum, [lf.checksum, ...lf.alternatives]));
      },
    ),
  );
});

test("a script of mixed line ends has both pure forms as alternatives", () => {
  const { checksum, alternatives } = checksumsOf(Buffer.from("a\r\nb\nc"));
  assert.equal(checksum, sha256("a\r\nb\nc"));
  assert.deepEqual(alternatives, [sha256("a\nb\nc"), sha256("a\r\nb\r\nc")]);
});

test("valid UTF-8 is hashed byte by byte, its byte-order mark included", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const bytes = Buffer.from(`\uFEFF${text}`);
      assert.equal(checksumsOf(bytes).checksum, sha256(bytes));
    }),
  );
});

test("invalid bytes are hashed as the replacement character", () => {
  assert.equal(checksumsOf(Buffer.from([0x61, 0xff, 0x62])).checksum, sha256("a\uFFFDb"));
  assert.equal(checksumsOf(Buffer.from([0xf0, 0x9f, 0x90, 0x61])).checksum, sha256("\uFFFDa"));
});

test("a checksum without the leading zeros of its bytes is accepted, and only where its length shows it", () => {
  const padded = "0a00ff".padEnd(64, "b");
  assert.ok(isSameChecksum(`a0ff${"b".repeat(58)}`, [padded]));
  assert.ok(isSameChecksum(padded, ["c".repeat(64), padded]));
  assert.ok(!isSameChecksum(`a0ff${"b".repeat(57)}c`, [padded]));
  assert.ok(!isSameChecksum("", [padded]));
  assert.ok(!isSameChecksum(padded.toUpperCase(), [padded]));
});

test("a script has the same checksums in whatever pieces it is read", () => {
  const part = fc.constantFrom("a", "é", "🐘", "\r", "\n", "\r\n", "\uFEFF");
  const invalid = fc.constantFrom([0xff], [0xc3], [0xf0, 0x9f]);
  const bytes = fc
    .array(
      fc.oneof(
        part.map((text) => Buffer.from(text)),
        invalid.map((list) => Buffer.from(list)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.concat(parts));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 4 }), (script, length) => {
      const pieces = new ChecksumsOfPieces();
      for (let at = 0; at < script.length; at += length) pieces.update(script.subarray(at, at + length));
      const { alternatives, ...others } = pieces.digest();
      const { alternatives: expected, ...whole } = checksumsOf(script);
      assert.deepEqual(others, whole);
      assert.deepEqual(new Set(alternatives), new Set(expected));
    }),
  );
});
