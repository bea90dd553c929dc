import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** Fails if a text contains a secret in any spelling: unchanged, for a URL, JSON, SQL or in base64. */
export function assertAbsent(secret: string, where: string, text: string): void {
  const spellings = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    Buffer.from(secret).toString("base64"),
  ];
  for (const spelling of spellings)
    assert.ok(!text.includes(spelling), `${where} contains the secret:\n${text}`);
}

/** Fails if a file of a folder, or its name, contains a secret. */
export function assertAbsentFromFiles(
  secret: string,
  folder: string,
  name: (file: string) => boolean = () => true,
): void {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  assert.ok(
    entries.some((entry) => entry.isFile() && name(entry.name)),
    `no file was read in ${folder}`,
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

/** Reads the command lines of all processes repeatedly, as any user of the machine can. */
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
  // A test that fails before it stops this must end anyway.
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      // The test itself sets the secret on a command line.
      const lines = [...seen].filter((line) => !line.includes("config\0set"));
      return { commandLines: lines.join("\n"), seen: lines };
    },
  };
}
