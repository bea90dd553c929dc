import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NameError } from "../../../../engine/index.ts";
import {
  parseName,
  quoteIdentifier,
  quoteLiteral,
  quoteName,
} from "../../../../engine/postgres/text/identifier.ts";
import { parseSync, loadModule } from "libpg-query";

const identifier = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes("\0"));

test("a quoted name is read back as the parts it was made of", () => {
  fc.assert(
    fc.property(fc.array(identifier, { minLength: 1, maxLength: 4 }), (parts) => {
      assert.deepEqual(parseName(quoteName(parts)), parts);
    }),
  );
});

test("a part without dots and quotes is taken as it is written", () => {
  assert.deepEqual(parseName("MySchema.Über Tabelle.targetId"), ["MySchema", "Über Tabelle", "targetId"]);
});

test("dots and quotes are kept inside double quotes", () => {
  assert.deepEqual(parseName('app."My.Table"."a ""quoted"" column"'), [
    "app",
    "My.Table",
    'a "quoted" column',
  ]);
});

for (const name of ["", ".", "a.", ".a", "a..b", '""', '"a', 'a"', '"a"b', 'a"b"', "a\0b"])
  test(`${JSON.stringify(name)} is no name, and the error says how to write one`, () => {
    assert.throws(
      () => parseName(name),
      (error) =>
        error instanceof NameError &&
        error.code === "NAME_UNREADABLE" &&
        error.message.includes("schema.table"),
    );
  });

test("PostgreSQL's parser reads a quoted identifier and a quoted literal as the text they hold", async () => {
  await loadModule();
  fc.assert(
    fc.property(
      identifier,
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
      (name, value) => {
        const parsed = parseSync(`SELECT ${quoteLiteral(value)} AS ${quoteIdentifier(name)}`) as {
          stmts: [
            {
              stmt: {
                SelectStmt: {
                  targetList: [
                    { ResTarget: { name: string; val: { A_Const: { sval: { sval?: string } } } } },
                  ];
                };
              };
            },
          ];
        };
        const target = parsed.stmts[0].stmt.SelectStmt.targetList[0].ResTarget;
        assert.equal(target.val.A_Const.sval.sval ?? "", value);
        // The server cuts identifiers at 63 bytes.
        if (Buffer.byteLength(name) <= 63) assert.equal(target.name, name);
      },
    ),
  );
});
