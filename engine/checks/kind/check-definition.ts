import * as z from "zod";
import { checkTimes } from "./check-options.ts";

// Separate from the option types: zod's types do not compile in every user's project.

/** One column or a list of columns. */
export const columnsDefinition = z.union([z.string(), z.array(z.string()).min(1)]);

/** The schema of a bound. */
export const boundDefinition = z.union([
  z.number(),
  z.string().regex(/^-?\d+(\.\d+)?$/, 'a bound is a number, or decimal digits such as "12.50"'),
]);

/** The schemas of the options that all checks share. */
export const optionsDefinition = {
  name: z.string().min(1).optional(),
  severity: z.enum(["fail", "warn"]).optional(),
  when: z.array(z.enum(checkTimes)).min(1).optional(),
  environments: z.array(z.string().min(1)).min(1).optional(),
  timeoutMs: z.number().int().positive().optional(),
  owner: z.string().min(1).optional(),
  sampleColumns: z.array(z.string()).optional(),
  accepts: z.number().int().nonnegative().optional(),
};
