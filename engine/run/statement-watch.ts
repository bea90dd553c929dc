import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError } from "../postgres/session/connection-error.ts";
import type { Database, TextInParts } from "../postgres/session/database.ts";
import { type LockHolder, lockHolders, terminateSession } from "../postgres/activity/lock-holders.ts";
import { endLockWaiters, type LockWaiter } from "../postgres/activity/lock-waiters.ts";
import { isAtWork } from "../postgres/activity/session-activity.ts";
import { readProgress, type StatementProgress } from "../postgres/activity/statement-progress.ts";

/** The reactions to statements that take long. */
export interface WatchOptions {
  /**
   * Milliseconds that a session may have been idle in its transaction before it is ended, if a migration waits for its
   * lock. Default: none is ended.
   */
  terminateIdleAfterMs?: number | undefined;
  /** Milliseconds that the server may be silent before the connection counts as lost. Default: 30000. */
  silenceMs?: number | undefined;
  /** The number of the run's advisory lock: a session that waits for it must not hold up the run. Default: none. */
  lockKey?: string | undefined;
  onWaiters?: ((waiters: LockWaiter[]) => void) | undefined;
  onBlocked?: ((holders: LockHolder[]) => void) | undefined;
  onTerminated?: ((holder: LockHolder) => void) | undefined;
  onProgress?: ((progress: StatementProgress | undefined, elapsedMs: number) => void) | undefined;
}

/** Milliseconds. A statement that finishes sooner is not inspected. */
const quickMs = 250;
const pollMs = 250;
/** Milliseconds. A statement that takes this long needs less attention. */
const longMs = 10_000;
const slowPollMs = 500;
/** Milliseconds between two tries for a second session that was refused. */
const patientMs = 5_000;
/** Milliseconds. The longest wait for a last inspection, which never ends on a network that has stopped. */
const lastLookMs = 2_000;

const waiting: StatementProgress = { phase: "waiting for a lock", percent: undefined };

/**
 * Watches a session's statements from another session: the holder of a lock that one waits for, the progress of a long
 * one, and if the server answers at all. A network that has silently stopped looks like a long statement; only a server
 * that answers elsewhere tells the two apart. If no second session can be opened, the run goes on unwatched.
 */
export class StatementWatch {
  readonly #database: Database;
  readonly #pid: number;
  readonly #options: WatchOptions;
  #observer: Database | undefined;
  /** The number of statements that were started. */
  #begun = 0;
  /** The number of the running statement; undefined between two. */
  #running: number | undefined;
  #startedAt = 0;
  /** One alarm for all statements, because most finish long before it goes off. */
  #alarm: NodeJS.Timeout | undefined;
  /** True if a second session was ever open. Otherwise its absence says nothing about the network. */
  #wasThere = false;
  readonly #terminated = new Set<string>();
  /** The newest inspection; never rejects. */
  #looking: Promise<void> | undefined;
  /** The time when the server last confirmed that the statement is in progress. */
  #answeredAt = 0;
  /** The sessions that were in the way at the last inspection. */
  holders: LockHolder[] = [];

  constructor(database: Database, pid: number, options: WatchOptions) {
    this.#database = database;
    this.#pid = pid;
    this.#options = options;
  }

  /**
   * Opens the second session, if possible. The run waits for it: without it, a network that stops now looks like a long
   * statement.
   */
  async open(): Promise<void> {
    await this.#openObserver().catch(() => undefined);
  }

  /** Runs `work`, one message to the server and its answer, under watch. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running = ++this.#begun;
    this.#answeredAt = this.#startedAt = Date.now();
    this.#alarm = this.#alarm?.refresh() ?? setTimeout(() => void this.#observe(this.#running), quickMs);
    try {
      return await work();
    } finally {
      this.#running = undefined;
    }
  }

  /**
   * Ends the second session, if there is one. An inspection in progress is finished, so that the sessions it ended are
   * reported.
   */
  async close(): Promise<void> {
    this.#running = undefined;
    clearTimeout(this.#alarm);
    await Promise.race([this.#looking, sleep(lastLookMs, undefined, { ref: false })]);
    await this.#observer?.close();
  }

  async #observe(number: number | undefined): Promise<void> {
    if (number === undefined) return;
    let pauseMs = Date.now() - this.#startedAt < longMs ? pollMs : slowPollMs;
    const silence = setTimeout(() => this.#giveUp(number), this.#silentInMs());
    try {
      const look = this.#look(number);
      this.#looking = look.catch(() => undefined);
      await look;
    } catch (error) {
      pauseMs = patientMs;
      // A refusal by the server is an answer too.
      if (!(error instanceof ConnectionError) || error.sqlstate !== undefined) this.#answeredAt = Date.now();
      await this.#observer?.close();
      this.#observer = undefined;
    } finally {
      clearTimeout(silence);
    }
    if (this.#running === number) setTimeout(() => void this.#observe(number), pauseMs).unref();
  }

  #silentInMs(): number {
    return Math.max(0, this.#answeredAt + (this.#options.silenceMs ?? 30_000) - Date.now());
  }

  #giveUp(number: number): void {
    if (this.#running === number && this.#wasThere)
      this.#database.abandon("the server has been silent for too long");
  }

  async #look(number: number): Promise<void> {
    const observer = this.#observer ?? (await this.#openObserver());
    if (this.#running !== number) return;
    // If an answer was lost on its way, the session has nothing to do.
    if (await isAtWork(observer, this.#pid)) this.#answeredAt = Date.now();
    const holders = await lockHolders(observer, this.#pid);
    if (this.#running !== number) return;
    if (holders.length > 0) {
      this.holders = holders;
      this.#options.onBlocked?.(holders);
      this.#options.onProgress?.(waiting, Date.now() - this.#startedAt);
      await this.#endWaiters(observer, holders);
      for (const holder of holders) await this.#terminateIfIdle(observer, holder);
      return;
    }
    const progress = await readProgress(observer, this.#pid);
    if (this.#running === number) this.#options.onProgress?.(progress, Date.now() - this.#startedAt);
  }

  async #endWaiters(observer: Database, holders: LockHolder[]): Promise<void> {
    const { lockKey, onWaiters } = this.#options;
    if (lockKey === undefined) return;
    const waiters = await endLockWaiters(observer, lockKey, (pid) =>
      holders.some((holder) => holder.pid === pid),
    );
    if (waiters.length > 0) onWaiters?.(waiters);
  }

  async #openObserver(): Promise<Database> {
    this.#observer = await this.#database.another();
    this.#wasThere = true;
    return this.#observer;
  }

  async #terminateIfIdle(observer: Database, holder: LockHolder): Promise<void> {
    const { terminateIdleAfterMs } = this.#options;
    if (terminateIdleAfterMs === undefined || holder.idleMs === undefined) return;
    if (holder.idleMs < terminateIdleAfterMs) return;
    // It may take a moment to end, and still exist at the next inspection.
    const session = `${holder.pid} ${holder.backendStart ?? ""}`;
    if (this.#terminated.has(session) || !(await terminateSession(observer, holder))) return;
    this.#terminated.add(session);
    this.#options.onTerminated?.(holder);
  }
}

/** The same session, with every message to it under watch. */
export function watched(database: Database, watch: StatementWatch): Database {
  return {
    address: database.address,
    announcedPid: database.announcedPid,
    query: (sql, values) => watch.during(() => database.query(sql, values)),
    execute: (script) => watch.during(() => database.execute(script)),
    copyIn: (statement) => watchedParts(database.copyIn(statement), watch),
    executeInParts: (bytes) => watchedParts(database.executeInParts(bytes), watch),
    listen: (listener) => database.listen(listener),
    another: () => database.another(),
    abandon: (reason) => database.abandon(reason),
    get isLost() {
      return database.isLost;
    },
    redact: (text) => database.redact(text),
    close: () => database.close(),
  };
}

function watchedParts(parts: TextInParts, watch: StatementWatch): TextInParts {
  return {
    write: (text) => watch.during(() => parts.write(text)),
    end: () => watch.during(() => parts.end()),
  };
}
