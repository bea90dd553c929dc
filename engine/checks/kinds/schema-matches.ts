import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { CheckEvaluationError } from "../kind/check-evaluation-error.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { schemaDifference } from "./parts/schema-difference.ts";

/** The scope of the comparison. */
export interface SchemaScopeOfFolder {
  /** The folder's format, such as `prisma`. Default: detected. */
  format?: string | undefined;
  /** The schemas to compare. Default: the connection's schema. */
  schemas?: readonly string[] | undefined;
  /** Names of objects that may differ, with their parts. A `*` at the end matches any continuation. Default: none. */
  ignore?: readonly string[] | undefined;
}

/** The database must have the schema that a folder's applied migrations make in an empty database. */
export interface SchemaMatches extends NamedCheck, SchemaScopeOfFolder {
  kind: "schemaMatches";
  /** The folder of migrations; a relative path starts at the program's folder. */
  folder: string;
}

/**
 * A check that the schema was not changed outside the migrations of a folder.
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

/** It starts a server and applies all migrations to it. */
const defaultTimeoutMs = 300_000;

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
        .array(z.string().regex(/^[^*]+\*?$/, "it is neither a name nor the beginning of one followed by *"))
        .optional(),
    })
    .transform(({ folder, ...options }) => schemaMatches(folder, options)),
  queries: () => [],
  async evaluate({ folder: dir, format, schemas, ignore = [], timeoutMs = defaultTimeoutMs }, session) {
    const { readFolderSchemas } = session;
    if (readFolderSchemas === undefined)
      throw new CheckEvaluationError("This check cannot read folders of migrations here.");
    return {
      violations: schemaDifference(await readFolderSchemas({ dir, format, schemas, timeoutMs }), ignore),
    };
  },
};
