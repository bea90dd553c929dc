import { requestOf } from "./http-address.ts";
import { jsonDifference } from "./json-difference.ts";
import { parseExactly } from "./large-number.ts";
import { foreign } from "../../../foreign-text.ts";

/** The expected answer. */
export interface ExpectedAnswer {
  /** Its status, after redirects. Default: 200. */
  status?: number | undefined;
  /**
   * The JSON object that it must contain, at any depth; lists match as a whole. Write a number beyond 2^53 as text.
   * Default: any content.
   */
  json?: Readonly<Record<string, unknown>> | undefined;
}

interface Question extends ExpectedAnswer {
  url: string;
  method?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

const largestBytes = 1 << 20;

/** Sends one request and describes how the answer differs from the expected one; undefined if it does not. */
export async function mismatchOf(question: Question, timeoutMs: number): Promise<string | undefined> {
  const { url, method = "GET", status = 200, json } = question;
  try {
    const { address, headers } = requestOf(url, question.headers);
    const response = await follow(
      address,
      { method, headers, signal: AbortSignal.timeout(timeoutMs) },
      status,
    );
    if (response.status === status && json !== undefined) return await jsonMismatchOf(response, json);
    await response.body?.cancel();
    return response.status === status ? undefined : `status ${response.status}`;
  } catch (error) {
    return failureText(error, timeoutMs);
  }
}

const mostRedirects = 10;

/**
 * Follows redirects, unless a redirect is expected. Headers may hold a key and are sent to the URL's own server only.
 */
async function follow(
  address: string | URL,
  request: { method: string; headers: Headers; signal: AbortSignal },
  status: number,
): Promise<Response> {
  let url = new URL(address);
  let { headers } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, { ...request, headers, redirect: "manual" });
    const location = response.headers.get("location");
    const isRedirect = response.status >= 300 && response.status < 400 && location !== null;
    if (!isRedirect || response.status === status || redirects === mostRedirects) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.origin !== url.origin) headers = new Headers();
    url = next;
  }
}

async function jsonMismatchOf(response: Response, json: unknown): Promise<string | undefined> {
  const text = await textOf(response);
  if (text === undefined) return `status ${response.status} with more than 1 MB`;
  try {
    const difference = jsonDifference(json, parseExactly(text));
    return difference === undefined ? undefined : `status ${response.status}, but ${difference}`;
  } catch {
    return `status ${response.status} without JSON`;
  }
}

/** The text of an answer; undefined if it exceeds the limit. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > largestBytes) return undefined;
    chunks.push(chunk);
  }
  // The decoder drops a byte-order mark, which JSON.parse would refuse.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Why there is no answer. The runtime's message can hold the URL; its code cannot. */
function failureText(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) throw error;
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  const { code, message } = (error.cause ?? error) as { code?: string; message: string };
  return `no answer: ${foreign(code ?? message)}`;
}
