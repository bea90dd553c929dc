import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { plainName } from "./parts/catalog-lookup.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";

/** An extension must be installed in the database. */
export interface ExtensionInstalled extends NamedCheck {
  kind: "extensionInstalled";
  /** The extension's name. */
  extension: string;
  /** The minimum version, such as `3.4`, compared part by part: 3.10 is greater than 3.4. Default: any. */
  atLeast?: string | undefined;
}

/** A check that an extension is installed: `extensionInstalled("postgis", { atLeast: "3.4" })`. */
export function extensionInstalled(
  extension: string,
  options: CheckOptions & { atLeast?: string | undefined } = {},
): ExtensionInstalled {
  const { atLeast } = options;
  const least = atLeast === undefined ? "" : `, at least ${atLeast}`;
  const name = options.name ?? `extension ${extension} is installed${least}`;
  return checkOf({ kind: "extensionInstalled", name, extension, atLeast }, options);
}

export const extensionInstalledKind: CheckKind<ExtensionInstalled> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("extensionInstalled"),
      ...optionsDefinition,
      extension: z.string(),
      atLeast: z
        .string()
        .regex(/^\d+(\.\d+)*$/, 'a version is numbers with dots between them, such as "3.4"')
        .optional(),
    })
    .transform(({ extension, ...options }) => extensionInstalled(extension, options)),
  violations: ({ extension, atLeast }) =>
    `SELECT ${quoteLiteral(extension)} AS "extension", coalesce(e.extversion, 'missing') AS "installed"${
      atLeast === undefined ? "" : `, ${quoteLiteral(atLeast)} AS "at least"`
    }
       FROM (SELECT ${quoteLiteral(plainName(extension))} AS name) AS wanted
       LEFT JOIN pg_catalog.pg_extension e ON e.extname OPERATOR(pg_catalog.=) wanted.name
      WHERE e.oid IS NULL${atLeast === undefined ? "" : ` OR ${isOlder(atLeast)}`}`,
};

/** Compares as many parts as were given. A part may end in letters, as in 3.5.0dev; a missing part is 0. */
function isOlder(atLeast: string): string {
  const parts = atLeast.split(".");
  const installed = parts.map(
    (_, at) =>
      `coalesce(pg_catalog.substring(pg_catalog.split_part(e.extversion, '.', ${at + 1}), '^[0-9]+'), '0')::pg_catalog.numeric`,
  );
  return `ARRAY[${installed.join(", ")}] OPERATOR(pg_catalog.<) ${quoteLiteral(`{${parts.join()}}`)}::pg_catalog.numeric[]`;
}
