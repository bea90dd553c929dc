import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** A server's possible first answers in a session. */
export const authentication = {
  trust: message("R", Buffer.from([0, 0, 0, 0])),
  cleartext: message("R", Buffer.from([0, 0, 0, 3])),
  md5: message("R", Buffer.from([0, 0, 0, 5, 1, 2, 3, 4])),
  scramWithoutBinding: message("R", Buffer.from("\0\0\0\nSCRAM-SHA-256\0\0", "latin1")),
};

/** A server that speaks just enough of PostgreSQL's protocol to ask for a password. */
export interface FakeServer {
  host: string;
  port: number;
  /** The unencrypted input, without the request for TLS. */
  clearText(): string;
  /** The input of all sessions, encrypted or not. */
  received(): string;
  close(): Promise<void>;
}

/** Its behaviour: without `tls` it declines TLS, and continues in clear text if the client does. */
export interface FakeBehaviour {
  host: string;
  greeting: Buffer;
  tls?: { key: string; certificate: string } | undefined;
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Starts such a server on a free port. */
export async function startFakeServer({ host, greeting, tls }: FakeBehaviour): Promise<FakeServer> {
  const [clear, encrypted]: Buffer[][] = [[], []];
  const sockets = new Set<Socket>();
  const talk = (socket: Socket, heard: Buffer[] | undefined): void => {
    let isGreeted = false;
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => {
      if (data.equals(sslRequest)) {
        if (tls === undefined) return void socket.write("N");
        socket.removeAllListeners("data");
        socket.write("S");
        const [key, cert] = [readFileSync(tls.key), readFileSync(tls.certificate)];
        return talk(new TLSSocket(socket, { isServer: true, key, cert }), encrypted);
      }
      heard?.push(data);
      if (!isGreeted) socket.write(greeting);
      isGreeted = true;
    });
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    talk(socket, clear);
  });
  server.listen(0, host);
  await once(server, "listening");
  const text = (heard: Buffer[] | undefined): string => Buffer.concat(heard ?? []).toString("latin1");
  return {
    host,
    port: (server.address() as AddressInfo).port,
    clearText: () => text(clear),
    received: () => text(clear) + text(encrypted),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
