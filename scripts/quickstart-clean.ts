import { rm } from "node:fs/promises";
import { stopEmbeddedServer } from "./embedded-postgres.ts";
import { folder, serverName } from "./quickstart-place.ts";

await stopEmbeddedServer(serverName);
await rm(folder, { recursive: true, force: true });
console.log("The quickstart's server is stopped, and its data, backups and stack are removed.");
