import { join } from "node:path";

/**
 * The program of dbmate. It comes from the package of the platform itself, since the one that chooses a platform cannot be
 * installed where a registry lacks any of them.
 */
export const dbmateProgram = join(
  import.meta.dirname,
  "../tools/dbmate/node_modules/@dbmate/linux-x64/bin/dbmate",
);
