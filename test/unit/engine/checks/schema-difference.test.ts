import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaDifference } from "../../../../engine/checks/kinds/parts/schema-difference.ts";
import type { SchemaObject } from "../../../../engine/postgres/catalog/schema-objects.ts";

function object(what: string, definition = "", table?: string): SchemaObject {
  const [kind = "", name = ""] = what.split(/ (?=\S+$)/);
  return {
    ...{ kind, name, definition, table, query: undefined },
    aliases: [name, ...(table === undefined ? [] : [table])],
  };
}

function definitions(here: string, folder: string): (string | null | undefined)[] {
  const [row] = schemaDifference({ here: [object("view v", here)], folder: [object("view v", folder)] }, []);
  return [row?.["here"], row?.["folder"]];
}

test("short definitions are shown whole, long ones from shortly before they differ", () => {
  assert.deepEqual(definitions("text", "text NOT NULL"), ["text", "text NOT NULL"]);
  const [head, tail] = ["SELECT ".repeat(20), " FROM gifts".repeat(30)];
  const [here, folder] = definitions(`${head}amount${tail}`, `${head}donor${tail}`);
  assert.match(here ?? "", /^… SELECT SELECT amount FROM gifts .* …$/);
  assert.match(folder ?? "", /^… SELECT SELECT donor FROM gifts .* …$/);
  assert.ok((here ?? "").length < 130);
});

test("white space is not shown, and said where it is all that differs", () => {
  assert.deepEqual(definitions("a\n  b", "a c"), ["a b", "a c"]);
  assert.deepEqual(definitions("a\n  b", "a b"), ["other white space", ""]);
});

test("what belongs to a table that only one side has is not listed, however it is ignored", () => {
  const table = [object("table t"), object("column t.a", "int", "t"), object("sequence t_seq", "", "t")];
  const none = { here: [], folder: [] };
  assert.deepEqual(schemaDifference(none, []), []);
  assert.deepEqual(schemaDifference({ ...none, here: table }, []), [
    { kind: "table", object: "t", state: "only here" },
  ]);
  assert.deepEqual(schemaDifference({ ...none, folder: table }, []), [
    { kind: "table", object: "t", state: "only in the folder" },
  ]);
  for (const ignored of ["t", "t*"])
    assert.deepEqual(schemaDifference({ ...none, here: table }, [ignored]), []);
  assert.equal(schemaDifference({ ...none, here: table }, ["T", "t.a", "tt*"]).length, 1);
});

test("a table that has become another kind of relation is two objects, and its columns are compared", () => {
  const here = [object("table t"), object("column t.a", "int", "t")];
  const folder = [object("partitioned table t"), object("column t.a", "text", "t")];
  assert.deepEqual(
    schemaDifference({ here, folder }, []).map(({ kind, state }) => [kind, state]),
    [
      ["column", "differs"],
      ["table", "only here"],
      ["partitioned table", "only in the folder"],
    ],
  );
});
