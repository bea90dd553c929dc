import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** Fails where a secret stands in a text, however it is spelt: as it is, for a URL, JSON, SQL or by base64. */
export function assertAbsent(secret: string, where: string, text: string): void {
  const spellings = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    Buffer.from(secret).toString("base64"),
  ];
  for (const spelling of spellings)
    assert.ok(!text.includes(spelling), `the secret stands in ${where}:\n${text}`);
}

/** Fails where a secret stands in a file of a folder, or in the name of one. */
export function assertAbsentFromFiles(
  secret: string,
  folder: string,
  name: (file: string) => boolean = () => true,
): void {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  assert.ok(
    entries.some((entry) => entry.isFile() && name(entry.name)),
    `no file was looked at in ${folder}`,
  );
  for (const entry of entries) {
    assertAbsent(secret, "the name of a file", entry.name);
    if (entry.isFile() && name(entry.name))
      assertAbsent(
        secret,
        `the file ${entry.name}`,
        readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"),
      );
  }
}

/** Reads the command lines of all processes again and again, as anyone on the machine can. */
export function watchProcesses(): { stop: () => { commandLines: string; seen: string[] } } {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // The process has ended between the two calls.
      }
    }
  }, 20);
  // A test that fails before it stops this has to end all the same.
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      // Setting the secret by hand is the test's own doing.
      const lines = [...seen].filter((line) => !line.includes("config\0set"));
      return { commandLines: lines.join("\n"), seen: lines };
    },
  };
}
