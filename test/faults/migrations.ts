/** Statements that succeed or fail together, as the engine should group them. */
export interface ScriptSegment {
  sql: string;
  /** The same effect in plain statements, for those that a driver cannot send: the data of a COPY. Default: `sql`. */
  plain?: string;
  /** True if it is one statement that cannot run in a transaction. */
  alone?: boolean;
  /** Catalog objects that may match neither the state before nor after while such a statement is half done. */
  between?: RegExp;
}

/** A migration: its script, and its down script if it has one. */
export interface ScriptedMigration {
  name: string;
  up: ScriptSegment[];
  down?: ScriptSegment[];
}

/** These steps do not commute, and a repetition is noticed: the number reveals which were done, and how often. */
function count(step: number): string {
  return `UPDATE counter SET n = n * 10 + ${step};`;
}

const uncount = "UPDATE counter SET n = div(n, 10);";
const copied = Array.from({ length: 300 }, (_, at) => ({
  id: at + 1,
  note: `note ${at} ${"x".repeat(100)}`,
}));

const create: ScriptSegment = {
  sql: `CREATE TABLE counter (n numeric(30) NOT NULL);
INSERT INTO counter VALUES (1);
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE gifts (id int PRIMARY KEY, note text NOT NULL, mood mood NOT NULL DEFAULT 'calm');`,
};

const copy: ScriptSegment = {
  sql: `COPY gifts (id, note) FROM stdin;
${copied.map(({ id, note }) => `${id}\t${note}`).join("\n")}
\\.
${count(2)}
SELECT pg_sleep(0.05);`,
  plain: `INSERT INTO gifts (id, note) VALUES ${copied.map(({ id, note }) => `(${id}, '${note}')`).join(", ")}; ${count(2)}`,
};

/** All kinds of scripts, in order. Those that can be rolled back come last. */
export const migrations: readonly ScriptedMigration[] = [
  { name: "create", up: [create] },
  { name: "copy", up: [copy] },
  {
    name: "enum",
    up: [
      { sql: "ALTER TYPE mood ADD VALUE 'glad';" },
      { sql: `UPDATE gifts SET mood = 'glad' WHERE id = 7; ${count(3)}` },
    ],
  },
  {
    name: "segments",
    up: [
      { sql: `INSERT INTO gifts VALUES (1001, 'first'); ${count(4)}` },
      { sql: "CREATE INDEX CONCURRENTLY gifts_note ON gifts (note);", alone: true },
      { sql: `${count(5)} SELECT pg_sleep(0.05);` },
      { sql: "CREATE INDEX CONCURRENTLY gifts_mood ON gifts (mood, id);", alone: true },
      { sql: `INSERT INTO gifts VALUES (1002, 'second'); ${count(6)}` },
    ],
  },
  {
    name: "index",
    up: [{ sql: "CREATE UNIQUE INDEX CONCURRENTLY gifts_late ON gifts (note, id);", alone: true }],
    down: [{ sql: "DROP INDEX CONCURRENTLY gifts_late;", alone: true }],
  },
  {
    name: "column",
    up: [{ sql: `ALTER TABLE gifts ADD given boolean; ${count(7)} ALTER TABLE counter ADD CHECK (n > 0);` }],
    down: [
      {
        sql: `ALTER TABLE counter DROP CONSTRAINT counter_n_check; ALTER TABLE gifts DROP given; ${uncount}`,
      },
    ],
  },
  {
    name: "drop_index",
    up: [{ sql: "DROP INDEX CONCURRENTLY gifts_late;", alone: true }],
    down: [{ sql: "CREATE UNIQUE INDEX CONCURRENTLY gifts_late ON gifts (note, id);", alone: true }],
  },
  {
    name: "last",
    up: [{ sql: `INSERT INTO gifts VALUES (2001, 'last'); ${count(8)}` }],
    down: [{ sql: `DELETE FROM gifts WHERE id = 2001; ${uncount}` }],
  },
];

const parts = /\bparts/;

/** Statements outside a transaction that do not build an index. */
export const partitions: readonly ScriptedMigration[] = [
  {
    name: "parts",
    up: [
      {
        sql: `CREATE TABLE counter (n numeric(30) NOT NULL);
INSERT INTO counter VALUES (1);
CREATE TABLE parts (id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
CREATE INDEX parts_1_id ON parts_1 (id);
INSERT INTO parts VALUES (1), (2);`,
      },
    ],
  },
  {
    name: "detach",
    up: [
      { sql: count(2) },
      { sql: "ALTER TABLE parts DETACH PARTITION parts_2 CONCURRENTLY;", alone: true, between: parts },
      { sql: `${count(3)} INSERT INTO parts_2 VALUES (2);` },
      { sql: "REINDEX INDEX CONCURRENTLY parts_1_id;", alone: true },
      { sql: "VACUUM parts_1;", alone: true },
      { sql: count(4) },
    ],
  },
  { name: "vacuum", up: [{ sql: "VACUUM ANALYZE parts_2;", alone: true }] },
];
