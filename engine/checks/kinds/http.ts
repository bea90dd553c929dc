import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import { mayBeRounded } from "./parts/bounds.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { areHeaders, isHttpUrl, withoutSecretParts } from "./parts/http-address.ts";
import { type ExpectedAnswer, mismatchOf } from "./parts/http-answer.ts";

/** The request, the expected answer, and the retries. */
export interface HttpExpectation extends ExpectedAnswer {
  /** Default: GET. */
  method?: "GET" | "HEAD" | undefined;
  /** Headers to send. The stack's state holds them in clear text. Default: none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Number of retries after a wrong answer, because a new deployment may need time. Default: 5. */
  retries?: number | undefined;
  /** Milliseconds between two attempts. Default: 2000. */
  retryDelayMs?: number | undefined;
}

/** A URL must answer as expected; `timeoutMs` applies to each attempt. */
export interface Http extends NamedCheck, HttpExpectation {
  kind: "http";
  /** A URL that begins with `http://` or `https://`. */
  url: string;
}

/**
 * A check that a URL answers as expected.
 *
 * ```ts
 * http("the application is ready", "https://app.example/ready", { json: { database: "ok" } })
 * ```
 */
export function http(
  name: string,
  url: string,
  options: HttpExpectation & Omit<CheckOptions, "name"> = {},
): Http {
  const { status, json, headers, method, retries, retryDelayMs } = options;
  return checkOf({ kind: "http", name, url, status, json, headers, method, retries, retryDelayMs }, options);
}

export const httpKind: SessionKind<Http> = {
  subject: "outside",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("http"),
      name: z.string().min(1),
      url: z.string().refine(isHttpUrl, "it is not an address that begins with http:// or https://"),
      status: z.number().int().min(200).max(599).optional(),
      json: z
        .record(z.string(), z.unknown())
        .refine(
          (json) => !holdsRounded(json),
          'JavaScript rounds numbers of this size. Write the digits as text: "9007199254740993"',
        )
        .optional(),
      headers: z.record(z.string(), z.string()).refine(areHeaders, "these are not valid headers").optional(),
      method: z.enum(["GET", "HEAD"]).optional(),
      retries: z.number().int().nonnegative().optional(),
      retryDelayMs: z.number().int().nonnegative().optional(),
    })
    .refine(({ json, method }) => json === undefined || method !== "HEAD", "a HEAD request returns no JSON")
    .transform(({ name, url, ...options }) => http(name, url, options)),
  queries: () => [],
  async evaluate(check, { timeoutMs }) {
    const { url, status = 200, json, retries = 5, retryDelayMs = 2000 } = check;
    let found = await mismatchOf(check, timeoutMs);
    for (let left = retries; left > 0 && found !== undefined; left--) {
      await sleep(retryDelayMs);
      found = await mismatchOf(check, timeoutMs);
    }
    if (found === undefined) return { violations: [] };
    const expected = `status ${status}${json === undefined ? "" : ` with ${JSON.stringify(json)}`}`;
    return { violations: [{ url: withoutSecretParts(url), found, expected }] };
  },
};

function holdsRounded(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return mayBeRounded(value);
  return Object.values(value).some(holdsRounded);
}
