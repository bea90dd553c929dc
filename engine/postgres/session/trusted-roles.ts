/**
 * An SQL WITH clause: `trusted` has the roles whose code may run with this session's rights, because they have these
 * anyway.
 */
export const trustedRoles = `
  WITH RECURSIVE own (role) AS (
    SELECT r.oid FROM pg_catalog.pg_roles r
     WHERE r.rolname OPERATOR(pg_catalog.=) ANY (ARRAY[current_user, session_user])
    UNION
    SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN own o ON m.member OPERATOR(pg_catalog.=) o.role
  ), trusted (role) AS (
    SELECT role FROM own UNION SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper)`;

/** An SQL condition, used with that clause, for an owner that is not trusted. */
export function isUntrusted(owner: string): string {
  return `${owner} OPERATOR(pg_catalog.<>) ALL (SELECT role FROM trusted)`;
}
