import assert from "node:assert/strict";
import { test } from "node:test";
import { readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";
import { dbmate } from "./format-examples.ts";

test("Flyway's checksum is that of the lines without their endings, and the script's own settings are read", async (t) => {
  const dir = await createFiles(t, {
    "V1__lf.sql": "SELECT 1;\nSELECT 'ü';\n",
    "V2__crlf.sql": "\uFEFFSELECT 1;\r\nSELECT 'ü';",
    "V3__large.sql": `${"-- padding of a large script\n".repeat(200_000)}SELECT 1;`,
    "V4__settings.sql": "SELECT '${kept}';",
    "V4__settings.sql.conf": "executeInTransaction=false\nplaceholderReplacement=false\n",
    "notes.sql": "",
  });
  const { migrations } = await readFolder({ dir });
  const [lf, crlf, large, settings] = migrations;
  // As Flyway 13.12.0 gave them for the same files.
  assert.deepEqual([lf?.checksum, large?.checksum], ["520980885", "-812696097"]);
  assert.equal(lf?.checksum, crlf?.checksum);
  assert.equal(settings?.up.transaction, false);
  assert.equal(migrations.length, 4);
});

test("sections are what stands between the markers, and transactions are as the markers say", async (t) => {
  const script = `-- By us.\n\n${dbmate.replace("up", "up transaction:false").replaceAll("\n", "\r\n")}`;
  const { migrations } = await readFolder({ dir: await createFiles(t, { "1_a.sql": script }) });
  const [{ up, down } = { up: undefined, down: undefined }] = migrations;
  assert.equal(script.slice(up?.start, up?.end), "-- migrate:up transaction:false\r\nSELECT 1;\r\n");
  assert.equal(script.slice(down?.start, down?.end), "-- migrate:down\r\nSELECT 2;\r\n");
  assert.deepEqual([up?.transaction, down?.transaction], [false, true]);
});

test("goose keeps a file out of a transaction only by its own marker, up and down", async (t) => {
  const script = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n";
  const marked = `-- +goose NO TRANSACTION\n${script}`;
  const dir = await createFiles(t, { "1_a.sql": script, "2_b.sql": marked });
  const { migrations } = await readFolder({ dir });
  assert.deepEqual(
    migrations.map(({ up, down }) => [up.transaction, down?.transaction]),
    [
      [true, true],
      [false, false],
    ],
  );
});

test("node-pg-migrate runs both parts in a transaction", async (t) => {
  const script = "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n";
  const { migrations } = await readFolder({ dir: await createFiles(t, { "1_a.sql": script }) });
  assert.deepEqual(
    migrations.map(({ up, down }) => [up.transaction, down?.transaction]),
    [[true, true]],
  );
});

test("node-pg-migrate's down part may come first, or be missing", async (t) => {
  const turned = "-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;\n";
  const dir = await createFiles(t, { "1_a.sql": turned, "2_b.sql": "SELECT 3;" });
  const { migrations } = await readFolder({ dir });
  assert.deepEqual(
    migrations.map(({ up, down }) => [up.start, up.end, down?.start, down?.end]),
    [
      [28, undefined, 0, 28],
      [0, undefined, undefined, undefined],
    ],
  );
});
