import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** What has passed through a counting proxy. */
export interface Traffic {
  port: number;
  /** How many sessions were opened. */
  connections: number;
  /** The text of every query, in order: simple queries and parsed statements. */
  queries: string[];
}

/** Stands between a client and a PostgreSQL server on this machine and counts what the client asks. */
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
    client.on("data", queryReader(traffic));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  traffic.port = (proxy.address() as AddressInfo).port;
  return traffic;
}

/** Cuts the client's stream into messages; the start-up message alone has no type byte. */
function queryReader(traffic: Traffic): (chunk: Buffer) => void {
  let buffered = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const header = started ? 1 : 0;
      if (buffered.length < header + 4) return;
      const end = header + buffered.readUInt32BE(header);
      if (buffered.length < end) return;
      const type = started ? String.fromCharCode(buffered[0] ?? 0) : "start-up";
      const text = buffered.toString("utf8", header + 4, end);
      if (type === "Q") traffic.queries.push(text);
      if (type === "P") traffic.queries.push(text.slice(text.indexOf("\0") + 1));
      started = true;
      buffered = buffered.subarray(end);
    }
  };
}
