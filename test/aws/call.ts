import type { IncomingMessage } from "node:http";

/** A call of the AWS API as the proxy of a test saw it. */
export interface Call {
  /** The service in the request's signature: `rds`, `s3`, `monitoring`, `sts`, ... */
  service: string;
  /** The operation by its API name: `CreateDBSnapshot`, `PutObject`. */
  action: string;
  /**
   * For a query request its form, `Tags.Tag.1.Key` and so on; for a JSON request its fields; for a call to S3 `Bucket`,
   * `Key` and the query of the address.
   */
  parameters: Record<string, string>;
  /** When it arrived. */
  time: Date;
}

/** The protocol of a call, and so of its answer. */
export type Protocol = "json" | "query" | "rest-xml";

/** The protocol of a request. */
export function protocolOf(request: IncomingMessage): Protocol {
  if (request.headers["x-amz-target"] !== undefined) return "json";
  return serviceOf(request) === "s3" ? "rest-xml" : "query";
}

/** Reads the call from a request. The body is not read for S3. */
export function callOf(request: IncomingMessage, body: Buffer): Call {
  const service = serviceOf(request);
  const time = new Date();
  switch (protocolOf(request)) {
    case "json":
      return { service, time, action: targetOf(request), parameters: jsonParameters(body) };
    case "rest-xml":
      return { service, time, ...objectCall(request) };
    case "query": {
      const { Action = "", ...parameters } = Object.fromEntries(new URLSearchParams(body.toString()));
      return { service, time, action: Action, parameters };
    }
  }
}

function serviceOf({ headers }: IncomingMessage): string {
  return /Credential=[^/]*\/[^/]*\/[^/]*\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "unsigned";
}

function targetOf({ headers }: IncomingMessage): string {
  return String(headers["x-amz-target"]).split(".").at(-1) ?? "";
}

function jsonParameters(body: Buffer): Record<string, string> {
  const fields = Object.entries(JSON.parse(body.toString() || "{}") as object);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** Calls of S3 are identified by method and address. */
function objectCall(request: IncomingMessage): Pick<Call, "action" | "parameters"> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [, bucket = "", ...path] = url.pathname.split("/").map(decodeURIComponent);
  const key = path.join("/");
  const action = url.searchParams.get("x-id") ?? objectAction(`${request.method}`, key, url.searchParams);
  const parameters = {
    ...Object.fromEntries(url.searchParams),
    Bucket: bucket,
    ...(key ? { Key: key } : {}),
  };
  return { action, parameters };
}

function objectAction(method: string, key: string, query: URLSearchParams): string {
  if (query.has("uploads")) return "CreateMultipartUpload";
  if (query.has("uploadId") && method === "POST") return "CompleteMultipartUpload";
  if (query.get("list-type") === "2") return "ListObjectsV2";
  const verb = { GET: "Get", PUT: "Put", POST: "Post", DELETE: "Delete", HEAD: "Head" }[method] ?? method;
  if (key !== "") return `${verb}Object`;
  if (query.has("delete")) return "DeleteObjects";
  if (query.size > 0) return `${verb}Bucket${capitalized(query.keys().next().value ?? "")}`;
  return method === "PUT" ? "CreateBucket" : `${verb}Bucket`;
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
