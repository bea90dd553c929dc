import { fault as deadlock } from "./deadlock.ts";
import * as diskFull from "./disk-full.ts";
import type { Fault } from "./fault.ts";
import { four, fourAndAKill } from "./four-runners.ts";
import { fault as kill } from "./kill.ts";
import { lasting, passing } from "./lock-holder.ts";
import { halfOpen, reset, silence, stall } from "./network.ts";
import { fault as restart } from "./restart.ts";
import { cancel, fault as statementTimeout } from "./statement-timeout.ts";
import { fault as terminate } from "./terminate.ts";

/** All kinds of faults, in the order of the table. */
export const faults: readonly Fault[] = [
  kill,
  terminate,
  cancel,
  restart,
  reset,
  halfOpen,
  stall,
  silence,
  diskFull.tables,
  diskFull.log,
  statementTimeout,
  deadlock,
  passing,
  lasting,
  four,
  fourAndAKill,
];
