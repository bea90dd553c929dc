import { startEmbeddedServer, stopEmbeddedServer } from "../scripts/embedded-postgres.ts";
import { keepAtDistance } from "./distance.ts";

/** Where the server is: on another machine, as in production, or on this one, where a message takes no time. */
export type Place = "on another machine" | "on this machine";

/**
 * Starts a PostgreSQL server for a benchmark, with settings as they come: each COMMIT waits for the disk. Its address is in
 * the environment, where test databases are made. Gives what stops it.
 */
export async function startServer(place: Place): Promise<() => Promise<void>> {
  const name = `bench-${process.pid}`;
  const server = await startEmbeddedServer({ name });
  const distance = place === "on this machine" ? undefined : await keepAtDistance(server.port);
  process.env["TEST_PGHOST"] = server.host;
  process.env["TEST_PGPORT"] = String(distance?.port ?? server.port);
  process.env["TEST_PGUSER"] = server.user;
  process.env["TEST_PGPASSWORD"] = server.password;
  return async () => {
    distance?.close();
    await stopEmbeddedServer(name);
  };
}
