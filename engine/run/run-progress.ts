import type { LockHolder } from "../postgres/lock-holders.ts";
import type { LockWaiter } from "../postgres/lock-waiters.ts";
import type { StatementProgress } from "../postgres/statement-progress.ts";

/** What happens while a run goes on. */
export type RunProgress =
  | { event: "waiting"; holder: string }
  | { event: "started"; migration: string; direction: "up" | "down"; number: number; of: number }
  | { event: "retrying"; migration: string; waitMs: number; reason: string }
  | { event: "blocked"; migration: string; holders: LockHolder[] }
  | { event: "terminated"; migration: string; holder: LockHolder }
  | { event: "notice"; migration: string; severity: string; message: string }
  | { event: "ended-waiters"; migration: string; waiters: LockWaiter[] }
  | {
      event: "progressing";
      migration: string;
      /** What the server knows of it; undefined for statements of which it reports nothing. */
      progress: StatementProgress | undefined;
      /** How long the script has been running, or a statement of the run's own, milliseconds. */
      elapsedMs: number;
      /** Which statements of the script were sent together; undefined for one of the run's own. */
      statements: { first: number; last: number; of: number } | undefined;
    }
  | { event: "analyzing"; table: string; number: number; of: number }
  | { event: "unanalyzed"; table: string; reason: string }
  | { event: "lost"; migration: string | undefined; reason: string }
  | { event: "reconnected"; inDoubt: string; isCompleted: boolean }
  | { event: "repeating"; migrations: string[] }
  | {
      event: "applied";
      migration: string;
      direction: "up" | "down";
      durationMs: number;
      number: number;
      of: number;
    };
