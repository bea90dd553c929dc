// Loaded before every integration test (--import). A query of the package that uses an unqualified name fails the test
// file that sent it.
import { subscribe } from "node:diagnostics_channel";
import { unqualifiedNames } from "./unqualified-names.ts";

const sent = new Set<string>();
subscribe("pulumi-pg-migrations:query", (sql) => {
  if (isOurs(new Error().stack ?? "")) sent.add(sql as string);
});

/** Tests send their own queries in the same sessions, and the catalogs are read with their own search path. */
function isOurs(stack: string): boolean {
  const frames = stack.split("\n").filter((frame) => !/node:|qualified-queries\.ts/.test(frame));
  const [, caller = ""] = frames.slice(frames.findIndex((frame) => frame.includes("query-channel.ts")) + 1);
  return (
    /\/engine\/|\/resources\//.test(caller) &&
    !/catalog-path\.ts|schema-objects\.ts|reprint-views\.ts/.test(caller)
  );
}

process.on("exit", () => {
  const found = [...sent].flatMap((sql) => {
    const names = unqualifiedNames(sql);
    return names.length === 0 ? [] : [`${names.join(", ")}\n    in ${sql}`];
  });
  if (found.length === 0) return;
  console.error(`Queries of this package use unqualified names:\n  ${found.join("\n  ")}`);
  process.exitCode = 1;
});
