import { once } from "node:events";
import { announceQuery } from "./query-channel.ts";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { ResolvedConnection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Database, Notice, TextInParts } from "./database.ts";
import { LongQuery } from "./long-query.ts";
import { secretsOf, withoutSecrets } from "./redaction.ts";
import { ScriptQuery } from "./script-query.ts";
import type { SessionSchema } from "./session-schema.ts";
import { StatementFailure } from "../text/statement-failure.ts";
import { foreign } from "../../foreign-text.ts";

/** Longest wait for the server to close the connection, milliseconds. */
const farewellMs = 2_000;

/** A session of the driver, as a `Database`. */
export class Session implements Database {
  readonly address: Database["address"];
  readonly #client: pg.Client;
  readonly #secrets: string[];
  readonly announcedPid: number;
  readonly another: () => Promise<Database>;
  isLost = false;

  readonly #showsDetails: boolean;

  constructor(
    client: pg.Client,
    resolved: ResolvedConnection,
    {
      place,
      another,
      showsDetails,
    }: { place: SessionSchema; another: () => Promise<Database>; showsDetails: boolean },
  ) {
    this.#showsDetails = showsDetails;
    const { host, port, database } = resolved;
    this.another = another;
    const isSchemaGiven = resolved.schema !== undefined;
    this.address = { host, port, database, user: client.user ?? "", ...place, isSchemaGiven };
    this.#client = client;
    this.announcedPid = (client as unknown as { processID: number }).processID;
    this.#secrets = secretsOf(resolved);
  }

  readonly listen = (listener: ((notice: Notice) => void) | undefined): void => {
    this.#client.removeAllListeners("notice");
    if (listener === undefined) return;
    this.#client.on("notice", ({ severity = "NOTICE", message = "" }) =>
      listener({ severity: foreign(severity), message: foreign(this.redact(message)) }),
    );
  };

  async query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> {
    announceQuery(sql);
    try {
      const result = await this.#client.query<Row>(sql, values);
      // For several statements the driver returns an array of results, which its types do not declare.
      const results = [result].flat() as pg.QueryResult<Row>[];
      const [last] = results.length === 1 ? results : results.filter(isSelect).slice(-1);
      return last?.rows ?? [];
    } catch (cause) {
      throw this.#failure(cause, 0);
    }
  }

  async execute(script: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const query = new ScriptQuery(script, (cause) => {
        if (cause === undefined) resolve();
        else reject(this.#failure(cause, query.completed));
      });
      this.#client.query(query as unknown as pg.Submittable);
    });
  }

  copyIn(statement: string): TextInParts {
    const stream = this.#client.query(copyFrom(statement));
    const finished = new Promise<void>((resolve, reject) => {
      stream.once("finish", resolve);
      stream.once("error", (cause) => reject(this.#failure(cause, 0)));
    });
    // The error is reported at the end, or by the write that finds the stream ended.
    finished.catch(() => undefined);
    return {
      async write(text) {
        if (stream.write(text)) return;
        await Promise.race([finished, once(stream, "drain")]);
      },
      async end() {
        stream.end();
        await finished;
      },
    };
  }

  executeInParts(bytes: number): TextInParts {
    let end: (cause?: Error) => void = () => undefined;
    const query = new LongQuery(bytes, (cause) => end(cause));
    const finished = new Promise<void>((resolve, reject) => {
      end = (cause) => (cause === undefined ? resolve() : reject(this.#failure(cause, query.completed)));
    });
    // As above.
    finished.catch(() => undefined);
    this.#client.query(query as unknown as pg.Submittable);
    return {
      write: (text) => query.write(text, finished),
      async end() {
        await query.end(finished);
        await finished;
      },
    };
  }

  abandon(reason: string): void {
    this.isLost = true;
    this.#stream().destroy(new Error(reason));
  }

  redact(text: string): string {
    return withoutSecrets(text, this.#secrets);
  }

  async close(): Promise<void> {
    const ended = this.#client.end().catch(() => undefined);
    // Over a broken network the server never hears of it.
    await Promise.race([ended, sleep(farewellMs, undefined, { ref: false })]);
    this.#stream().destroy();
  }

  #stream(): Socket {
    return (this.#client as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  #failure(cause: unknown, completed: number): StatementFailure | ConnectionError {
    if (cause instanceof pg.DatabaseError && !endsSession(cause))
      return new StatementFailure(cause, completed, {
        redact: (text) => this.redact(text),
        showsDetails: this.#showsDetails,
      });
    const { host, port } = this.address;
    this.isLost = true;
    return new ConnectionError(
      "CONNECTION_LOST",
      `The connection to ${host}:${port} was lost: ${foreign(this.redact((cause as Error).message))}. ` +
        `Run pulumi up again; the ledger in the database records what has been done.`,
      { cause, sqlstate: cause instanceof pg.DatabaseError ? cause.code : undefined },
    );
  }
}

function isSelect({ command }: Pick<pg.QueryResult, "command">): boolean {
  return command === "SELECT";
}

/**
 * True for errors after which the server closes the connection: an administrator, a shutdown, a timeout of idle or long
 * transactions.
 */
function endsSession({ code = "" }: pg.DatabaseError): boolean {
  return code.startsWith("57P") || code === "25P03" || code === "25P04";
}
