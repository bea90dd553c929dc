import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** A network between a client and a server, whose connections can break in the same ways as real ones. */
export interface Network {
  port: number;
  /** Nothing arrives any longer, in either direction, on open and on new connections. */
  stall(): void;
  /** New connections work again; stalled ones stay silent. */
  resume(): void;
  /** Resets every connection. */
  reset(): void;
  /** Closes the server's side of every connection but not the client's, so that the client does not notice. */
  halfClose(): void;
}

/** Opens a network to a port of this machine. It is closed after the test. */
export async function openNetwork(t: { after(task: () => unknown): void }, port: number): Promise<Network> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let stalled = false;
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    const pair = { client, server };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on("error", () => undefined);
      if (stalled) socket.pause();
    }
    client.pipe(server);
    server.pipe(client);
    if (stalled) stall(pair);
    client.on("close", () => {
      pairs.delete(pair);
      server.destroy();
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => close(proxy, pairs));
  return {
    port: (proxy.address() as AddressInfo).port,
    stall() {
      stalled = true;
      for (const pair of pairs) stall(pair);
    },
    resume() {
      stalled = false;
    },
    reset() {
      for (const { client, server } of pairs) {
        client.resetAndDestroy();
        server.resetAndDestroy();
      }
    },
    halfClose() {
      for (const pair of pairs) {
        stall(pair);
        pair.server.destroy();
      }
    },
  };
}

function stall({ client, server }: { client: Socket; server: Socket }): void {
  client.unpipe(server);
  server.unpipe(client);
  client.pause();
  server.pause();
}

function close(proxy: Server, pairs: Set<{ client: Socket; server: Socket }>): void {
  proxy.close();
  for (const { client, server } of pairs) {
    client.destroy();
    server.destroy();
  }
}
