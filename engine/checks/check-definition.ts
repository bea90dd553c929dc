import { z } from "zod";

/** A check's name where it may be left out. */
export const nameDefinition = z.string().min(1).optional();

/** One column or a list of columns. */
export const columnsDefinition = z.union([z.string(), z.array(z.string()).min(1)]);
