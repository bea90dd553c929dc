import type { RdsRequirements } from "../engine/index.ts";
import { amount, flag, input, optionsOf, type Schemas } from "./given-options.ts";

const requirementSchemas: Schemas<RdsRequirements> = {
  ...{ minBackupRetentionDays: amount, maxRestorableLagMinutes: amount, minFreeStoragePercent: amount },
  encrypted: flag,
};

/** How requirements on an RDS database are read, if any are given. @internal */
export const requirementsSchema = input(optionsOf(requirementSchemas).optional());
