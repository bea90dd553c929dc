import { z } from "zod";
import { checkTimes } from "./check-options.ts";

// Kept apart from the options' types: those of the library do not compile in every user's project.

/** One column or a list of columns. */
export const columnsDefinition = z.union([z.string(), z.array(z.string()).min(1)]);

/** How a bound is written as data. */
export const boundDefinition = z.union([
  z.number(),
  z.string().regex(/^-?\d+(\.\d+)?$/, 'a bound is a number, or decimal digits such as "12.50"'),
]);

/** How the options are written as data. */
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
