/** Variables by which a program is found and started; none of them holds a secret. */
const forEveryProgram = ["PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR"];

/** Variables of libpq that name files and accounts. The connection gives all others, the password included. */
export const variablesOfLibpq: readonly string[] = [
  "HOME",
  "PGPASSFILE",
  "PGSSLCERT",
  "PGSSLKEY",
  "PGSSLCRL",
  "PGSSLCRLDIR",
  "PGKRBSRVNAME",
  "PGGSSLIB",
  "KRB5CCNAME",
  "KRB5_CONFIG",
];

/**
 * Builds the environment of a child process: what every program needs, and of this process's variables those that are
 * named. Credentials of a cloud or of Pulumi therefore reach no child that does not need them.
 */
export function childEnvironment(named: readonly string[] = []): Record<string, string> {
  const entries = [...forEveryProgram, ...named].map((name) => [name, process.env[name]] as const);
  const known = entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(known), LC_ALL: "C" };
}
