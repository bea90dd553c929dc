import type { Database } from "../session/database.ts";
import { quoteLiteral } from "../text/identifier.ts";

/** A database, tablespace or subscription that one statement creates. */
export interface CreatedObject {
  /** A query that returns a row if the object exists with the properties that the statement names. */
  query: string;
}

interface Option {
  DefElem?: { defname?: string; arg?: Argument };
}

interface Argument {
  String?: { sval?: string };
  Integer?: { ival?: number };
  Float?: { fval?: string };
  Boolean?: { boolval?: boolean };
}

type Columns = Record<string, (value: string) => string>;

/** Reads it from a statement of PostgreSQL's parse tree; undefined if the statement creates none of these. */
export function createdObjectOf(type: string, node: Record<string, unknown>): CreatedObject | undefined {
  const { options = [] } = node as { options?: readonly Option[] };
  // A subscription's option without a value is on. A database's option without a value is DEFAULT, which requires
  // nothing.
  const named = optionsOf(options, type === "CreateSubscriptionStmt" ? "true" : undefined);
  if (type === "CreatedbStmt") return database(node, named);
  if (type === "CreateTableSpaceStmt") return tablespace(node, named);
  if (type === "CreateSubscriptionStmt") return subscription(node, named);
  return undefined;
}

/** True if the object exists as the statement defines it. A property that cannot be compared counts as different. */
export async function isAsAsked(database: Database, { query }: CreatedObject): Promise<boolean> {
  return (await database.query(query)).length > 0;
}

function database(node: Record<string, unknown>, named: ReadonlyMap<string, string>): CreatedObject {
  const { dbname = "" } = node as { dbname?: string };
  const conditions = [
    equals("d.datname", dbname),
    // A database that is being dropped.
    "d.datconnlimit OPERATOR(pg_catalog.<>) -2",
    isOwner("d.datdba", named.get("owner")),
    ...conditionsOf(named, databaseColumns),
  ];
  return { query: `SELECT FROM pg_catalog.pg_database d WHERE ${conditions.join(" AND ")}` };
}

/** Options that only affect how a database is created need no comparison. */
const databaseColumns: Columns = {
  owner: () => "true",
  template: () => "true",
  strategy: () => "true",
  oid: (value) => equals("d.oid", value),
  encoding: (value) =>
    `d.encoding OPERATOR(pg_catalog.=) pg_catalog.pg_char_to_encoding(${quoteLiteral(value)})`,
  locale: (value) => `${equals("d.datcollate", value)} AND ${equals("d.datctype", value)}`,
  lc_collate: (value) => equals("d.datcollate", value),
  lc_ctype: (value) => equals("d.datctype", value),
  is_template: (value) => isTruth("d.datistemplate", value),
  allow_connections: (value) => isTruth("d.datallowconn", value),
  connection_limit: (value) => equals("d.datconnlimit", value),
  tablespace: (value) =>
    `EXISTS (SELECT FROM pg_catalog.pg_tablespace t WHERE t.oid OPERATOR(pg_catalog.=) d.dattablespace AND ${equals("t.spcname", value)})`,
};

function tablespace(node: Record<string, unknown>, named: ReadonlyMap<string, string>): CreatedObject {
  const {
    tablespacename = "",
    location = "",
    owner,
  } = node as {
    tablespacename?: string;
    location?: string;
    owner?: { roletype?: string; rolename?: string };
  };
  const role = owner?.roletype === "ROLESPEC_CSTRING" ? owner.rolename : undefined;
  const conditions = [
    equals("t.spcname", tablespacename),
    equals("pg_catalog.pg_tablespace_location(t.oid)", location.replace(/(?<=.)\/+$/, "")),
    isOwner("t.spcowner", role),
    ...[...named].map(
      ([name, value]) => `${quoteLiteral(`${name}=${value}`)} OPERATOR(pg_catalog.=) ANY (t.spcoptions)`,
    ),
  ];
  return { query: `SELECT FROM pg_catalog.pg_tablespace t WHERE ${conditions.join(" AND ")}` };
}

function subscription(node: Record<string, unknown>, named: ReadonlyMap<string, string>): CreatedObject {
  const { subname = "", publication = [] } = node as { subname?: string; publication?: readonly Argument[] };
  const publications = publication.map(({ String: name }) => quoteLiteral(name?.sval ?? "")).toSorted();
  const conditions = [
    equals("s.subname", subname),
    "s.subdbid OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())",
    isOwner("s.subowner", undefined),
    `s.subpublications OPERATOR(pg_catalog.@>) ARRAY[${publications.join(", ")}]::pg_catalog.text[]`,
    `s.subpublications OPERATOR(pg_catalog.<@) ARRAY[${publications.join(", ")}]::pg_catalog.text[]`,
    ...conditionsOf(named, subscriptionColumns),
  ];
  return { query: `SELECT FROM pg_catalog.pg_subscription s WHERE ${conditions.join(" AND ")}` };
}

/** Options about the connection, or that only affect how a subscription is created, need no comparison. */
const subscriptionColumns: Columns = {
  connect: () => "true",
  create_slot: () => "true",
  copy_data: () => "true",
  enabled: (value) => isTruth("s.subenabled", value),
  slot_name: (value) => (value === "none" ? "s.subslotname IS NULL" : equals("s.subslotname", value)),
  binary: (value) => isTruth("s.subbinary", value),
  synchronous_commit: (value) => equals("s.subsynccommit", value),
};

function conditionsOf(named: ReadonlyMap<string, string>, columns: Columns): string[] {
  return [...named].map(([name, value]) => columns[name]?.(value) ?? "false");
}

/** Without an explicit owner, the object belongs to the role that creates it. */
function isOwner(column: string, role: string | undefined): string {
  const name = role === undefined ? "CURRENT_USER" : quoteLiteral(role);
  return `EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) ${column} AND r.rolname OPERATOR(pg_catalog.=) ${name})`;
}

/** Compares as text, so that a value of another type than the column's counts as different. */
function equals(column: string, value: string): string {
  return `(${column})::pg_catalog.text OPERATOR(pg_catalog.=) ${quoteLiteral(value)}`;
}

/** Compares a boolean, which can be written in several ways. */
function isTruth(column: string, value: string): string {
  return `${column} OPERATOR(pg_catalog.=) ${/^(?:t|true|on|yes|1)$/i.test(value) ? "true" : "false"}`;
}

function optionsOf(options: readonly Option[], bare: string | undefined): Map<string, string> {
  const named = new Map<string, string>();
  for (const { DefElem: { defname, arg } = {} } of options) {
    const value = arg === undefined ? bare : valueOf(arg);
    if (defname !== undefined && value !== undefined) named.set(defname, value);
  }
  return named;
}

function valueOf({ String: string, Float: float, Integer: integer, Boolean: boolean }: Argument): string {
  if (string !== undefined) return string.sval ?? "";
  if (float !== undefined) return float.fval ?? "";
  if (boolean !== undefined) return String(boolean.boolval ?? false);
  return String(integer?.ival ?? 0);
}
