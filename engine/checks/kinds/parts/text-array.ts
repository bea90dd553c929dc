import { quoteLiteral } from "../../../postgres/text/identifier.ts";

/** Texts as an SQL array. */
export function textArray(texts: readonly string[]): string {
  return `ARRAY[${texts.map(quoteLiteral).join(", ")}]::pg_catalog.text[]`;
}
