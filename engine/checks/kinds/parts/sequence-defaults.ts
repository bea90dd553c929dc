import { quoteLiteral } from "../../../postgres/text/identifier.ts";

/** The next value of a sequence, possibly cast. Only the output of PostgreSQL must match. */
const [quoted, textTypes] = ["'((?:[^']|'')*)'", "text|character varying"];
const start = String.raw`^\(*nextval\((?:${quoted}::regclass|\(${quoted}::(?:${textTypes})\)::regclass)\)(?:\)::(?:${textTypes}|`;
const end = String.raw`)(?:\(\d+,\d+\))?)*$`;

const [plainName, quotedName] = [String.raw`[[:alpha:]_][\w$]*`, '"(?:[^"]|"")+"'];
const names = String.raw`^(?:${plainName}|${quotedName})(?:[.](?:${plainName}|${quotedName}))?$`;

const everyOddCharacter = `${quoteLiteral(String.raw`(\W)`)}, ${quoteLiteral(String.raw`\\\1`)}`;

/** The name in a default, as text. */
const written = "pg_catalog.replace(found[2], '''''', '''')";

/**
 * Recursive common table expressions in SQL. `whole` has the types of whole numbers, domains over domains included.
 * `defaults` has a row for each column of such a type whose default calls nextval. `plain` is true if the default is
 * just the next value. `name` is the sequence's name, in parts, if it is a text that is resolved for each row.
 */
export const sequenceDefaults = `
    whole AS (
      SELECT pg_catalog.unnest('{smallint,integer,bigint,numeric}'::pg_catalog.regtype[])::pg_catalog.oid AS type
       UNION ALL
      SELECT y.oid FROM whole w JOIN pg_catalog.pg_type y ON y.typtype OPERATOR(pg_catalog.=) 'd' AND y.typbasetype OPERATOR(pg_catalog.=) w.type
    ), plain_default AS (
      SELECT ${quoteLiteral(start)} OPERATOR(pg_catalog.||) pg_catalog.string_agg(
               pg_catalog.regexp_replace(pg_catalog.format_type(type, NULL), ${everyOddCharacter}, 'g'), '|'
             ) OPERATOR(pg_catalog.||) ${quoteLiteral(end)} AS pattern
        FROM whole
    ), defaults AS (
      SELECT oid, adrelid, adnum, found IS NOT NULL AS plain,
             CASE WHEN ${written} OPERATOR(pg_catalog.~) ${quoteLiteral(names)} THEN pg_catalog.parse_ident(${written})
                  WHEN found[2] IS NOT NULL THEN ARRAY[${written}] END AS name
        FROM (SELECT f.oid, f.adrelid, f.adnum, pg_catalog.regexp_match(expression, pattern) AS found
                FROM pg_catalog.pg_attrdef f
                JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) f.adrelid AND a.attnum OPERATOR(pg_catalog.=) f.adnum
                JOIN whole w ON w.type OPERATOR(pg_catalog.=) a.atttypid
               CROSS JOIN LATERAL pg_catalog.pg_get_expr(f.adbin, f.adrelid) AS expression
               CROSS JOIN plain_default
               WHERE expression OPERATOR(pg_catalog.~~) '%nextval(%') AS calls
    )`;
