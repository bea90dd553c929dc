import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Call, callOf, type Protocol, protocolOf } from "./call.ts";
import { type Answer, type AwsFault, errorAnswer, successAnswer } from "./error-answer.ts";
import { ActiveInterception, type CallFilter, type Interception, type Outcome } from "./interception.ts";

/** The options of a proxy. */
export interface ProxyOptions {
  /** The address of moto. */
  target: string;
  /** The account of every call through the proxy. */
  accountId: string;
}

/** Relays between clients and moto: gives them a separate account, records their calls, injects faults. */
export class AwsProxy {
  readonly calls: Call[] = [];
  readonly #interceptions: ActiveInterception[] = [];
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  /** Starts it on a free port and returns its address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Ends it together with every connection to it. */
  stop(): void {
    for (const interception of [...this.#interceptions]) interception.remove();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Sets the outcome of the calls that match the filter; later interceptions take precedence. */
  intercept(filter: CallFilter, outcome: Outcome): Interception {
    const interception = new ActiveInterception(filter, outcome, (removed) => {
      const index = this.#interceptions.indexOf(removed);
      if (index >= 0) this.#interceptions.splice(index, 1);
    });
    this.#interceptions.unshift(interception);
    return interception;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const protocol = protocolOf(request);
    // An upload to S3 may be large, and no fault needs it, so it is streamed.
    const body = protocol === "rest-xml" ? undefined : await buffer(request);
    const call = callOf(request, body ?? Buffer.alloc(0));
    this.calls.push(call);
    const changes: ActiveInterception[] = [];

    for (const interception of [...this.#interceptions]) {
      if (!interception.takes(call)) continue;
      const { outcome } = interception;
      const answer = ownAnswer(outcome, call, protocol);
      if (answer !== undefined) {
        send(response, answer);
        return;
      }
      if (await cutOff(interception, "before")) return void response.destroy();
      if ("delayMs" in outcome) await interception.pause(outcome.delayMs);
      else changes.unshift(interception);
    }

    const upstream = await this.#forward(request, body);
    if (upstream.statusCode === 500 && upstream.headers["content-type"]?.includes("html")) {
      send(response, errorAnswer(motoFailure(call, await buffer(upstream)), protocol));
      return;
    }
    if (changes.length === 0) {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers);
      await pipeline(upstream, response);
      return;
    }
    let text = (await buffer(upstream)).toString();
    for (const interception of changes) {
      const { outcome } = interception;
      if (await cutOff(interception, "after")) return void response.destroy();
      if ("rewrite" in outcome && upstream.statusCode === 200) text = outcome.rewrite(text, call);
    }
    send(response, { status: upstream.statusCode ?? 502, headers: contentType(upstream), body: text });
  }

  async #forward(request: IncomingMessage, body: Buffer | undefined): Promise<IncomingMessage> {
    const upstream = sendRequest(new URL(request.url ?? "/", this.#options.target), {
      method: request.method ?? "POST",
      headers: { ...request.headers, "x-moto-account-id": this.#options.accountId },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.on("response", resolve).on("error", reject);
    });
    if (body === undefined) request.pipe(upstream);
    else upstream.end(body);
    return answered;
  }
}

/** The answer that an outcome gives without asking moto. */
function ownAnswer(outcome: Outcome, call: Call, protocol: Protocol): Answer | undefined {
  if ("error" in outcome) return errorAnswer(outcome.error, protocol);
  if (!("answer" in outcome)) return undefined;
  const body = typeof outcome.answer === "string" ? outcome.answer : outcome.answer(call);
  return successAnswer(body, protocol);
}

/** Delays the call if that is its outcome; true if its connection must be closed. */
async function cutOff(interception: ActiveInterception, moment: "after" | "before"): Promise<boolean> {
  const { outcome } = interception;
  if ("disconnect" in outcome) return outcome.disconnect === moment;
  if (!("hang" in outcome) || outcome.hang !== moment) return false;
  await interception.pause();
  return true;
}

/** Not an error of AWS. It is returned with a status that clients do not retry, unlike 500. */
function motoFailure({ service, action }: Call, page: Buffer): AwsFault {
  const text = page
    .toString()
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .slice(0, 500);
  return { code: "NotImplemented", message: `moto cannot do ${service} ${action}: ${text}` };
}

function contentType(upstream: IncomingMessage): Record<string, string> {
  return { "content-type": upstream.headers["content-type"] ?? "text/xml" };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}
