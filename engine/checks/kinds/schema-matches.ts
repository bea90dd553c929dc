import { z } from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { CheckEvaluationError } from "../kind/check-evaluation-error.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { schemaDifference } from "./parts/schema-difference.ts";

/** What is compared with what. */
export interface SchemaScopeOfFolder {
  /** The folder's format, such as `prisma`. Default: found out from the folder. */
  format?: string | undefined;
  /** The schemas that are compared. Default: the connection's. */
  schemas?: readonly string[] | undefined;
  /** Names of objects that may differ, with what belongs to them; one that ends in `*` stands for all that begin so. Default: none. */
  ignore?: readonly string[] | undefined;
}

/** What is in the database must be what the applied migrations of a folder make of an empty one. */
export interface SchemaMatches extends NamedCheck, SchemaScopeOfFolder {
  kind: "schemaMatches";
  /** The folder of migrations; a relative path starts at the program's folder. */
  folder: string;
}

/**
 * A check that holds while nobody has changed the schema past the migrations of a folder.
 *
 * ```ts
 * schemaMatches("migrations", { ignore: ["audit_*"], when: ["after", "standing"] })
 * ```
 */
export function schemaMatches(
  folder: string,
  options: SchemaScopeOfFolder & CheckOptions = {},
): SchemaMatches {
  const { format, schemas, ignore } = options;
  const of = schemas === undefined ? "" : ` ${schemas.join(", ")}`;
  const { name = `schema${of} as in ${folder}` } = options;
  return checkOf({ kind: "schemaMatches", name, folder, format, schemas, ignore }, options);
}

/** A server is started, and all migrations are applied to it. */
const defaultTimeoutMs = 300_000;

/** How the kind is read and evaluated. */
export const schemaMatchesKind: SessionKind<SchemaMatches> = {
  subject: "folder",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("schemaMatches"),
      folder: z.string().min(1),
      format: z.string().min(1).optional(),
      schemas: z.array(z.string().min(1)).min(1).optional(),
      ignore: z
        .array(z.string().regex(/^[^*]+\*?$/, "it is no name, or the beginning of one with * after it"))
        .optional(),
    })
    .transform(({ folder, ...options }) => schemaMatches(folder, options)),
  queries: () => [],
  async evaluate({ folder: dir, format, schemas, ignore = [], timeoutMs = defaultTimeoutMs }, session) {
    const { readFolderSchemas } = session;
    if (readFolderSchemas === undefined)
      throw new CheckEvaluationError("Folders of migrations cannot be read where this check is evaluated.");
    return {
      violations: schemaDifference(await readFolderSchemas({ dir, format, schemas, timeoutMs }), ignore),
    };
  },
};
