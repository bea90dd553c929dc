import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type WireMessage, wireMessages } from "../wire-messages.ts";
import type { CleanUp } from "./clean-up.ts";

/**
 * Where, in the messages of a run, something is done: `before` a message reaches the server, `after` it was handed to
 * it, or once the `answer` has come and before the run hears of it.
 */
export interface MessagePoint {
  /** The number of the message, from 1 on, those of opening a session not counted. */
  number: number;
  phase: "before" | "after" | "answer";
  /** Is called once; gives whether nothing is to pass any more, in either direction. */
  strike: (message: string) => "hold" | "pass";
}

/** What stands between a run and its server, and sees every message that the run sends. */
export interface MessageTap {
  port: number;
  /** How many messages have come by. */
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
      // What the kernel of a process that is killed does, and that of a server.
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

/** What is said of a message; undefined for those that open a session, which are not counted. */
function labelOf({ type, body }: WireMessage): string | undefined {
  if (type === undefined || type === "p") return undefined;
  return `${type} ${body
    .replace(/[\0\s]+/g, " ")
    .slice(0, 60)
    .trim()}`;
}
