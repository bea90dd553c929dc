import { join } from "node:path";

/**
 * The program of dbmate, from the platform's own package. The package that chooses a platform cannot be installed from
 * a registry that lacks one of them.
 */
export const dbmateProgram = join(
  import.meta.dirname,
  "../tools/dbmate/node_modules/@dbmate/linux-x64/bin/dbmate",
);
