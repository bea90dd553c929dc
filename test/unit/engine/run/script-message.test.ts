import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  canBeClosed,
  positionOfFailure,
  type ScriptMessage,
  textOfMessage,
} from "../../../../engine/run/script-message.ts";
import { read } from "../postgres/script-of-text.ts";

/** The only piece of a script, in a message with what opens and ends its transaction. */
async function messageOf(text: string): Promise<ScriptMessage> {
  const { kept = [] } = await read(text);
  const [piece, ...others] = kept;
  assert.ok(piece !== undefined && others.length === 0);
  return {
    ...{ piece, text: piece.text, sent: piece.statements },
    opening: ["BEGIN -- é", "SET TRANSACTION DEFERRABLE"],
    closing: ["INSERT INTO ledger VALUES ('🐘')", "COMMIT"],
  };
}

describe("a script in a message", () => {
  test("keeps its statements apart from what goes with them, though either ends in a line comment", async () => {
    const message = await messageOf("SELECT 1; -- one");
    assert.equal(
      textOfMessage(message),
      "BEGIN -- é\n;SET TRANSACTION DEFERRABLE\n;SELECT 1; -- one\n;INSERT INTO ledger VALUES ('🐘')\n;COMMIT",
    );
  });

  test("has the line and column of a statement that fails, by its number or where the server points", async () => {
    const message = await messageOf("SELECT '🐘'; -- é\n  SELECT '🐘', nope;\n");
    const place = (completedStatements: number, at?: string): unknown => {
      const before = at === undefined ? undefined : textOfMessage(message).split(at)[0];
      const position = before === undefined ? undefined : Array.from(before).length + 1;
      return positionOfFailure({ completedStatements, position }, message);
    };
    assert.deepEqual(place(2), { line: 1, column: 1 });
    assert.deepEqual(place(3), { line: 2, column: 3 });
    assert.deepEqual(place(3, "nope"), { line: 2, column: 15 });
    // A syntax error is found before any of them is run.
    assert.deepEqual(place(0, "nope"), { line: 2, column: 15 });
    for (const [completed, at] of [[0], [1, "DEFERRABLE"], [4], [4, "ledger"], [5, "COMMIT"]] as const)
      assert.equal(place(completed, at), undefined, `${completed} ${at ?? ""}`);
  });

  test("has the place behind its last character where something is missing there", async () => {
    const message = { ...(await messageOf("SELECT 1")), opening: [], closing: [] };
    assert.deepEqual(positionOfFailure({ completedStatements: 0, position: 9 }, message), {
      line: 1,
      column: 9,
    });
  });

  test("is ended by a message of its own where its last statement has no semicolon", async () => {
    const isClosed = async (text: string): Promise<boolean> => canBeClosed(await messageOf(text));
    assert.equal(await isClosed("SELECT 1;"), true);
    assert.equal(await isClosed("SELECT 1; /* é; */ -- ;"), true);
    assert.equal(await isClosed("SELECT 1"), false);
    assert.equal(canBeClosed({ ...(await messageOf("SELECT 1;")), sent: [] }), false);
  });
});
