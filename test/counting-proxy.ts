import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { type WireMessage, wireMessages } from "./wire-messages.ts";

/** The traffic through a counting proxy. */
export interface Traffic {
  port: number;
  /** Number of opened sessions. */
  connections: number;
  /** The text of every query, in order: simple queries and parsed statements. */
  queries: string[];
}

/** Relays between a client and a PostgreSQL server on this machine, and counts the client's requests. */
export async function startCountingProxy(
  t: Pick<TestContext, "after">,
  serverPort: number,
): Promise<Traffic> {
  const traffic: Traffic = { port: 0, connections: 0, queries: [] };
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    traffic.connections++;
    const server = connect(serverPort, "127.0.0.1");
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).pipe(to);
    }
    client.on(
      "data",
      wireMessages((message) => note(traffic, message)),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  traffic.port = (proxy.address() as AddressInfo).port;
  return traffic;
}

function note(traffic: Traffic, { type, body }: WireMessage): void {
  if (type === "Q") traffic.queries.push(body);
  if (type === "P") traffic.queries.push(body.slice(body.indexOf("\0") + 1));
}
