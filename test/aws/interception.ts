import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./call.ts";

/** The calls to intercept. */
export interface CallFilter {
  /** The operation, or several: `CreateDBSnapshot`. Default: every operation. */
  action?: string | readonly string[];
  /** A condition on those calls. Default: none. */
  when?(parameters: Record<string, string>, call: Call): boolean;
  /** Number of calls to intercept, from the first on. Default: all. */
  times?: number;
}

/** The outcome of an intercepted call. */
export type Outcome =
  | {
      /** The call never reaches AWS and fails in the form of its protocol. Default of `status`: 400. */
      error: { code: string; message: string; status?: number };
    }
  | {
      /** AWS's answer, changed. Errors of AWS pass unchanged. */
      rewrite: (body: string, call: Call) => string;
    }
  | {
      /** The call never reaches AWS and is answered with this body. */
      answer: string | ((call: Call) => string);
    }
  | {
      /** No answer comes, either before AWS saw the call or after it was carried out. */
      hang: "after" | "before";
    }
  | {
      /** The connection breaks, either before AWS saw the call or after it was carried out. */
      disconnect: "after" | "before";
    }
  | {
      /** The call reaches AWS after this delay, milliseconds. */
      delayMs: number;
    };

/** An active interception. */
export interface Interception {
  /** Number of calls that it has affected. */
  readonly count: number;
  /** Ends it, and disconnects the calls that hang because of it. */
  remove(): void;
}

/** An interception with the members that the proxy needs. */
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

  /** True if a call is intercepted; counts it. */
  takes(call: Call): boolean {
    const { action, times = Infinity } = this.#filter;
    const actions = typeof action === "string" ? [action] : action;
    if (this.count >= times || actions?.includes(call.action) === false) return false;
    if (this.#filter.when?.(call.parameters, call) === false) return false;
    this.count++;
    return true;
  }

  /** Resolves when the interception is removed, or after the milliseconds. */
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
