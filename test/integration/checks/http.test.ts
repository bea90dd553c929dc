import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type Check, type CheckResult, http, readChecks, runChecks } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Serves answers by their paths, and gives the address and how often each path was asked for. */
async function serve(
  t: TestContext,
  answers: Record<string, Answer>,
): Promise<{ url: string; asked: Map<string, number> }> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    (answers[path] ?? (() => response.writeHead(404).end()))(request, response, asked.get(path) ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const ready = { database: { state: "ok", replicas: [1, 2] }, version: 7, extra: null };

const json =
  (value: unknown): Answer =>
  (_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

async function rowsOf(t: TestContext, check: Check): Promise<CheckResult["rows"]> {
  const { database } = await openTarget(t);
  const [result] = await runChecks({
    database,
    checks: await readChecks([JSON.parse(JSON.stringify(check))]),
  });
  assert.deepEqual([result?.when, result?.error], [["after"], undefined]);
  const { outcome, rows = [] } = result ?? {};
  assert.equal(outcome, rows.length === 0 ? "holds" : "violated");
  return rows;
}

const quick = { retries: 1, retryDelayMs: 1, timeoutMs: 300 };

test("an address answers as expected", async (t) => {
  const { url, asked } = await serve(t, {
    "/": (_, response) => response.end("hello"),
    "/head": ({ method }, response) => response.writeHead(method === "HEAD" ? 200 : 405).end(),
    "/empty": (_, response) => response.writeHead(204).end(),
    "/ready": json(ready),
    "/moved": (_, response) => response.writeHead(302, { location: "/ready" }).end(),
    "/private": ({ headers }, response) =>
      response
        .writeHead(headers.authorization === "Basic bWU6cEBzcw==" && headers["x-a"] === "b" ? 200 : 401)
        .end(),
    "/third": (_, response, count) => response.writeHead(count === 3 ? 200 : 503).end(),
  });
  for (const check of [
    http("plain", url, quick),
    http("head", `${url}/head`, { ...quick, method: "HEAD" }),
    http("status", `${url}/empty`, { ...quick, status: 204 }),
    http("json", `${url}/ready`, { ...quick, json: { version: 7, extra: null } }),
    http("deep", `${url}/ready`, { ...quick, json: { database: { replicas: [1, 2] } } }),
    http("moved", `${url}/moved`, { ...quick, json: ready }),
    http("private", `${url.replace("//", "//me:p%40ss@")}/private`, { ...quick, headers: { "x-a": "b" } }),
    http("third", `${url}/third`, { ...quick, retries: 2 }),
  ])
    assert.deepEqual(await rowsOf(t, check), [], check.name);
  assert.deepEqual([asked.get("/"), asked.get("/third")], [1, 3]);
});

test("an address answers otherwise, or not at all", async (t) => {
  const { url, asked } = await serve(t, {
    "/down": (_, response) => response.writeHead(503).end("down"),
    "/ready": json(ready),
    "/list": json([1]),
    "/text": (_, response) => response.end("<html>"),
    "/large": (_, response) => response.end("x".repeat(3 << 20)),
    "/slow": () => undefined,
    "/slow-body": (_, response) => response.writeHead(200).write("{"),
    "/away": (_, response) => response.writeHead(302, { location: "file:///etc/hostname" }).end(),
  });
  const ok = 'status 200 with {"a":1}';
  const a = { ...quick, json: { a: 1 } };
  const answers: [check: Check, found: RegExp | string, expected: string][] = [
    [http("status", `${url}/down`, quick), "status 503", "status 200"],
    [http("found", `${url}/ready`, { ...quick, status: 404 }), "status 200", "status 404"],
    [http("missing", `${url}/ready`, a), "status 200, but $.a is missing", ok],
    [
      http("value", `${url}/ready`, { ...quick, json: { database: { state: "new" } } }),
      'status 200, but $.database.state is "ok"',
      'status 200 with {"database":{"state":"new"}}',
    ],
    [
      http("list", `${url}/ready`, { ...quick, json: { database: { replicas: [1] } } }),
      "status 200, but $.database.replicas is [1,2]",
      'status 200 with {"database":{"replicas":[1]}}',
    ],
    [http("no object", `${url}/list`, a), "status 200, but $ is [1]", ok],
    [http("no json", `${url}/text`, a), "status 200 without JSON", ok],
    [http("large", `${url}/large`, a), "status 200 with more than 1 MB", ok],
    [http("slow", `${url}/slow`, quick), "no answer within 300 ms", "status 200"],
    [http("slow body", `${url}/slow-body`, a), "no answer within 300 ms", ok],
    [http("away", `${url}/away`, quick), /^no answer: /, "status 200"],
    [http("refused", "http://127.0.0.1:1", quick), /^no answer: (ECONNREFUSED|bad port)$/, "status 200"],
    [http("nowhere", "http://nowhere.invalid", quick), /^no answer: (ENOTFOUND|EAI_AGAIN)$/, "status 200"],
  ];
  for (const [check, found, expected] of answers) {
    const [row, ...others] = await rowsOf(t, check);
    assert.deepEqual([row?.["expected"], others], [expected, []], check.name);
    if (typeof found === "string") assert.equal(row?.["found"], found);
    else assert.match(row?.["found"] ?? "", found);
  }
  assert.deepEqual([asked.get("/down"), asked.get("/ready")], [2, 8]);
});

test("what looks like a secret in an address is not shown", async (t) => {
  const { url } = await serve(t, {});
  const shown = [
    ["/?page=2&access_token=abc&q=a%20b", "/?page=2&access_token=[secret]&q=a%20b"],
    ["/hook/T0/Ab1Cd2Ef3Gh4Ij5Kl6Mn7?x=Ab1Cd2Ef3Gh4Ij5Kl6Mn7", "/hook/T0/[secret]?x=[secret]"],
    ["/a-long-path-of-mere-words/12345#part", "/a-long-path-of-mere-words/12345"],
  ] as const;
  for (const [path, expected] of shown) {
    const check = http("shown", `${url.replace("//", "//me:hidden@")}${path}`, { ...quick, retries: 0 });
    assert.deepEqual(await rowsOf(t, check), [
      { url: url + expected, found: "status 404", expected: "status 200" },
    ]);
  }
});

test("numbers beyond those of JavaScript are compared as they are written", async (t) => {
  const { url } = await serve(t, {
    "/numbers": (_, response) =>
      response.end(
        '{"id": 9007199254740993, "exponent": -9.007199254740993e15, "even": 9007199254740992, "list": [1.0, 12345678901234567890.50], "huge": 1e400, "text": "9007199254740993"}',
      ),
  });
  const check = (json: Record<string, unknown>): Check =>
    http("numbers", `${url}/numbers`, { ...quick, json });
  for (const json of [
    { id: "9007199254740993", text: "9007199254740993" },
    { exponent: "-9007199254740993.0", even: "9007199254740992" },
    { list: [1, "12345678901234567890.5"], huge: "1e400" },
  ])
    assert.deepEqual(await rowsOf(t, check(json)), [], JSON.stringify(json));
  for (const [json, found] of [
    [{ id: "9007199254740992" }, "$.id is 9007199254740993"],
    [{ id: "9007199254740993 " }, "$.id is 9007199254740993"],
    [{ id: true }, "$.id is 9007199254740993"],
    [{ id: {} }, "$.id is 9007199254740993"],
    [{ exponent: "9007199254740993" }, "$.exponent is -9.007199254740993e15"],
    [{ list: [] }, "$.list is [1,12345678901234567890.50]"],
    [{ list: ["1", "12345678901234567890.5"] }, "$.list[0] is 1"],
  ] as const) {
    const [row] = await rowsOf(t, check(json));
    assert.equal(row?.["found"], `status 200, but ${found}`);
  }
  for (const json of [{ id: 2 ** 53 }, { a: [{ b: -(2 ** 53) }] }])
    await assert.rejects(readChecks([check(json)]), /is invalid: json: JavaScript rounds numbers/);
});

test("a byte-order mark before JSON is passed over, and bytes of a letter may come apart", async (t) => {
  const { url } = await serve(t, {
    "/marked": (_, response) => {
      const bytes = Buffer.from('\ufeff{"name": "Zoë"}');
      response.write(bytes.subarray(0, 1));
      setTimeout(() => response.end(bytes.subarray(1)), 20);
    },
    "/twice": (_, response) => response.end('\ufeff\ufeff{"name": "Zoë"}'),
  });
  const options = { ...quick, json: { name: "Zoë" } };
  assert.deepEqual(await rowsOf(t, http("marked", `${url}/marked`, options)), []);
  const [row] = await rowsOf(t, http("twice", `${url}/twice`, options));
  assert.equal(row?.["found"], "status 200 without JSON");
});
