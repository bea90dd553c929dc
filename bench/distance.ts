import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** How long everything is on its way, in each direction, milliseconds: the least that a timer of Node can wait. */
const onTheWayMs = 1;

/**
 * Puts a server of this machine at a distance: whatever is sent to the port, or comes from it, arrives a little later, as
 * between two machines of a cloud's region. Gives the port to connect to, and what takes the distance away.
 */
export async function keepAtDistance(port: number): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => setTimeout(() => to.write(data), onTheWayMs));
      from.on("close", () => {
        sockets.delete(from);
        setTimeout(() => to.destroy(), onTheWayMs);
      });
      from.on("error", () => undefined);
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
