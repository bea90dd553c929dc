import type { IncomingMessage } from "node:http";

/** A call of the AWS API as the proxy of a test saw it. */
export interface Call {
  /** As the request was signed for it: `rds`, `s3`, `monitoring`, `sts`, ... */
  service: string;
  /** The operation by its name in the API: `CreateDBSnapshot`, `PutObject`. */
  action: string;
  /**
   * The form of a query request, `Tags.Tag.1.Key` and so on; the fields of a JSON request; of a call to S3 `Bucket`,
   * `Key` and the query of the address.
   */
  parameters: Record<string, string>;
  /** When it came. */
  time: Date;
}

/** The protocol in which a call was made, which is that of its answer. */
export type Protocol = "json" | "query" | "rest-xml";

/** Says in which protocol a request is made. */
export function protocolOf(request: IncomingMessage): Protocol {
  if (request.headers["x-amz-target"] !== undefined) return "json";
  return serviceOf(request) === "s3" ? "rest-xml" : "query";
}

/** Reads which call a request is. Of S3 the body is not looked at. */
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

/** Calls of S3 are named by method and address. */
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
