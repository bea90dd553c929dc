import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type WireMessage, wireMessages } from "../wire-messages.ts";
import type { CleanUp } from "./clean-up.ts";

/**
 * A place in the messages of a run: `before` a message reaches the server, `after` it was passed on, or at its
 * `answer`, before the run receives it.
 */
export interface MessagePoint {
  /** The number of the message from 1 on, not counting those that open a session. */
  number: number;
  phase: "before" | "after" | "answer";
  /** Called once. `hold` stops all traffic in both directions from then on. */
  strike: (message: string) => "hold" | "pass";
}

/** A relay between a run and its server that sees every message of the run. */
export interface MessageTap {
  port: number;
  /** Number of messages so far. */
  messages: number;
}

/** Opens a tap in front of a port of this machine. */
export async function openTap(
  cleanUp: CleanUp,
  serverPort: number,
  point?: MessagePoint,
): Promise<MessageTap> {
  const tap: MessageTap = { port: 0, messages: 0 };
  const sockets = new Set<Socket>();
  let state: "open" | "awaiting answer" | "struck" | "held" = "open";
  const strike = (label: string): void => {
    state = "struck";
    if (point?.strike(label) === "hold") state = "held";
  };
  const proxy = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    let awaited: string | undefined;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => undefined);
      // Imitates the kernel: what it does for a killed process, and for a killed server.
      from.on("close", () => (from === client ? to.end() : to.destroy()));
    }
    const pass = (message: WireMessage): void => {
      const { bytes } = message;
      const label = labelOf(message);
      if (label !== undefined) tap.messages++;
      const isHere = label !== undefined && state === "open" && tap.messages === point?.number;
      if (isHere && point.phase === "before") strike(label);
      if (state !== "held") server.write(bytes);
      if (isHere && point.phase === "after") strike(label);
      if (!isHere || point.phase !== "answer") return;
      state = "awaiting answer";
      awaited = label;
    };
    client.on("data", wireMessages(pass));
    server.on("data", (chunk) => {
      if (awaited !== undefined && state === "awaiting answer") strike(awaited);
      if (state !== "held") client.write(chunk);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  cleanUp.after(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  tap.port = (proxy.address() as AddressInfo).port;
  return tap;
}

/** A label for a message; undefined for those that open a session, which are not counted. */
function labelOf({ type, body }: WireMessage): string | undefined {
  if (type === undefined || type === "p") return undefined;
  return `${type} ${body
    .replace(/[\0\s]+/g, " ")
    .slice(0, 60)
    .trim()}`;
}
