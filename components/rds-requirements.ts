import type { RdsRequirements } from "../engine/index.ts";
import { amount, flag, input, optionsOf, type Schemas } from "./given-options.ts";

const requirementSchemas: Schemas<RdsRequirements> = {
  ...{ minBackupRetentionDays: amount, maxRestorableLagMinutes: amount, minFreeStoragePercent: amount },
  encrypted: flag,
};

/** Schema of the requirements on an RDS database; they may be left out. @internal */
export const requirementsSchema = input(optionsOf(requirementSchemas).optional());
