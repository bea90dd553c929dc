import type { Protocol } from "./call.ts";
import { escapeXml } from "./xml.ts";

/** An error of AWS. */
export interface AwsFault {
  code: string;
  message: string;
  /** Default: 400. */
  status?: number;
}

/** An answer of the API. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const requestId = "00000000-0000-4000-8000-000000000000";

/** An error as AWS writes it in the protocol of the call. */
export function errorAnswer({ code, message, status = 400 }: AwsFault, protocol: Protocol): Answer {
  const type = status >= 500 ? "Receiver" : "Sender";
  const fields = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  switch (protocol) {
    case "json":
      return {
        status,
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amzn-query-error": `${code};${type}`,
        },
        body: JSON.stringify({ __type: code, message }),
      };
    case "rest-xml":
      return {
        status,
        headers: { "content-type": "application/xml" },
        body: `<?xml version="1.0" encoding="UTF-8"?><Error>${fields}<RequestId>${requestId}</RequestId></Error>`,
      };
    case "query":
      return {
        status,
        headers: { "content-type": "text/xml" },
        body:
          `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>${type}</Type>${fields}` +
          `</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      };
  }
}

/** A successful answer in the protocol of the call. */
export function successAnswer(body: string, protocol: Protocol): Answer {
  const type = protocol === "json" ? "application/x-amz-json-1.0" : "text/xml";
  return { status: 200, headers: { "content-type": type }, body };
}
