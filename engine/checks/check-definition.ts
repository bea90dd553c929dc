import { z } from "zod";

/** One column or a list of columns. */
export const columnsDefinition = z.union([z.string(), z.array(z.string()).min(1)]);
