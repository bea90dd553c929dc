import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./call.ts";

/** Which calls are intercepted. */
export interface CallFilter {
  /** The operation, or some of them; `CreateDBSnapshot`. Absent: every operation. */
  action?: string | readonly string[];
  /** Of those calls, which ones. Default: all. */
  when?(parameters: Record<string, string>, call: Call): boolean;
  /** How many of them, from the first on. Default: all. */
  times?: number;
}

/** What an intercepted call comes to. */
export type Outcome =
  | {
      /** The call never reaches AWS and fails in its protocol's form. Default of `status`: 400. */
      error: { code: string; message: string; status?: number };
    }
  | {
      /** What AWS answered, changed. Errors of AWS pass unchanged. */
      rewrite: (body: string, call: Call) => string;
    }
  | {
      /** The call never reaches AWS and is answered with this body. */
      answer: string | ((call: Call) => string);
    }
  | {
      /** No answer comes: before AWS saw the call, or after it did what it was asked. */
      hang: "after" | "before";
    }
  | {
      /** The connection breaks: before AWS saw the call, or after it did what it was asked. */
      disconnect: "after" | "before";
    }
  | {
      /** The call reaches AWS later, milliseconds. */
      delayMs: number;
    };

/** An interception that is in force until it is removed. */
export interface Interception {
  /** How many calls it has met. */
  readonly count: number;
  /** Ends it; calls that hang because of it are cut off. */
  remove(): void;
}

/** An interception with what the proxy needs of it. */
export class ActiveInterception implements Interception {
  count = 0;
  readonly outcome: Outcome;
  readonly #filter: CallFilter;
  readonly #removed = new AbortController();
  readonly #onRemove: (interception: ActiveInterception) => void;

  constructor(filter: CallFilter, outcome: Outcome, onRemove: (interception: ActiveInterception) => void) {
    this.#filter = filter;
    this.outcome = outcome;
    this.#onRemove = onRemove;
  }

  /** Takes a call, and counts it, where it is one of those that are intercepted. */
  takes(call: Call): boolean {
    const { action, times = Infinity } = this.#filter;
    const actions = typeof action === "string" ? [action] : action;
    if (this.count >= times || actions?.includes(call.action) === false) return false;
    if (this.#filter.when?.(call.parameters, call) === false) return false;
    this.count++;
    return true;
  }

  /** Resolves once the interception is removed, or after the milliseconds. */
  async pause(durationMs?: number): Promise<void> {
    const { signal } = this.#removed;
    if (signal.aborted) return;
    if (durationMs !== undefined) await sleep(durationMs, undefined, { signal }).catch(() => undefined);
    else await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  remove(): void {
    this.#removed.abort();
    this.#onRemove(this);
  }
}
