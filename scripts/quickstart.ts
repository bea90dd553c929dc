import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type EmbeddedServer, startEmbeddedServer } from "./embedded-postgres.ts";
import {
  diagnosticsIn,
  pulumi,
  resourceCounts,
  stackOutputs,
  succeedingPulumi,
  UnexpectedOutcome,
} from "./quickstart-cli.ts";
import { makeSampleDatabase, readContents } from "./quickstart-database.ts";
import {
  comparison,
  heading,
  introduction,
  invitation,
  quote,
  runSummary,
  say,
} from "./quickstart-narration.ts";
import { exampleFolder, migrationsFolder, prepareFolder, serverName } from "./quickstart-place.ts";

const newMigration = join(migrationsFolder, "20261112160000_approve_reviewed_targets", "migration.sql");
const invariant = "every approved target has exactly one escrow";

try {
  const server = await startEmbeddedServer({ name: serverName });
  await prepareFolder(server);
  await makeSampleDatabase(server);
  say(...introduction(`${server.host}:${server.port}`, await readContents(server)));
  await previewPending(server);
  await applyPending(server);
  await violateInvariant(server);
  await applyFix(server);
  await previewNothing(server);
  heading("The server and the stack stay for you to try more:");
  quote(invitation());
} catch (error) {
  process.exitCode = 1;
  explain(error as Error);
}

async function previewPending(server: EmbeddedServer): Promise<void> {
  heading("1. Preview shows what would happen, and changes nothing.");
  await succeedingPulumi(server, "stack", "init", "dev");
  quote(diagnosticsIn(await succeedingPulumi(server, "preview")));
}

async function applyPending(server: EmbeddedServer): Promise<void> {
  heading("2. Up takes a backup and proves it, applies the pending migrations, and verifies.");
  await succeedingPulumi(server, "up", "--yes");
  quote(runSummary(await stackOutputs(server)));
}

async function violateInvariant(server: EmbeddedServer): Promise<void> {
  heading("3. A new migration: approve what was reviewed and open the escrows. It looks right ...");
  await writeMigration("broken.sql");
  quote((await readFile(newMigration, "utf8")).trim().split("\n"));
  const before = await readContents(server);
  const { succeeded, output } = await pulumi(server, "up", "--yes");
  const told = diagnosticsIn(output);
  if (succeeded || !told.some((line) => line.includes(invariant)))
    throw new UnexpectedOutcome(
      `\`pulumi up\` should have been stopped by the check "${invariant}".`,
      output,
    );
  quote(told);
  const after = await readContents(server);
  say("", "Up has failed before COMMIT. The content of the database before, and now:");
  quote(comparison(before, after));
  if (!isDeepStrictEqual(before, after))
    throw new UnexpectedOutcome("The database differs from before the failed `pulumi up`.", output);
}

async function applyFix(server: EmbeddedServer): Promise<void> {
  heading('4. Closed escrows count too: WHERE "closedAt" IS NULL must go. Correct the file, and up again.');
  await writeMigration("fixed.sql");
  await succeedingPulumi(server, "up", "--yes");
  quote(runSummary(await stackOutputs(server)));
}

async function previewNothing(server: EmbeddedServer): Promise<void> {
  heading("5. With nothing pending there is nothing to do. The checks are still evaluated.");
  const startedAt = performance.now();
  const output = await succeedingPulumi(server, "preview");
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = resourceCounts(output);
  if (!/^\d+ unchanged$/.test(counts))
    throw new UnexpectedOutcome("`pulumi preview` should have found nothing to do.", output);
  quote([`${counts}; ${seconds.toFixed(1)} s`]);
}

async function writeMigration(script: string): Promise<void> {
  await mkdir(dirname(newMigration), { recursive: true });
  await copyFile(join(exampleFolder, "next-migration", script), newMigration);
}

function explain(error: Error): void {
  const isExpectedKind = error instanceof UnexpectedOutcome;
  if (isExpectedKind && error.output !== "") console.error(`\n${error.output}`);
  console.error(
    `\nThe quickstart stopped. ${isExpectedKind ? error.message : (error.stack ?? error.message)}`,
  );
  console.error("The output of each command is in .quickstart/log. To start over, run `npm run quickstart`.");
}
