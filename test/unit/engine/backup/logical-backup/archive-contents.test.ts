import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArchiveContents } from "../../../../../engine/backup/logical-backup/archive-contents.ts";

test("the contents of an archive are read as pg_restore lists them", () => {
  const contents = parseArchiveContents(`;
; Archive created at 2026-11-21 09:55:44 UTC
;     dbname: my app; "x"
;     TOC Entries: 18
;     Compression: gzip
;     Format: CUSTOM
;     Dumped from database version: 15.18 (Debian 15.18-0+deb12u1)
;     Dumped by pg_dump version: 18.1
;
; Selected TOC Entries:
;
216; 1259 16630 TABLE public My Table postgres
3349; 0 16630 TABLE DATA public My Table postgres
3361; 0 0 SEQUENCE SET public a_b_seq my owner
3353; 0 0 BLOBS - BLOBS 
`);
  assert.deepEqual(
    { ...contents, entries: contents.entries.map(({ catalog, oid, text }) => [catalog, oid, text]) },
    {
      database: 'my app; "x"',
      createdAt: "2026-11-21 09:55:44",
      format: "custom",
      serverVersion: "15.18",
      pgDumpVersion: "18.1",
      entries: [
        [1259, 16630, "TABLE public My Table postgres"],
        [0, 16630, "TABLE DATA public My Table postgres"],
        [0, 0, "SEQUENCE SET public a_b_seq my owner"],
        [0, 0, "BLOBS - BLOBS "],
      ],
    },
  );
});
