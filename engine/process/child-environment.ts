/** Variables by which programs are found and started; none holds a secret. */
const forEveryProgram = ["PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR"];

/** Variables of libpq that name files and accounts. The connection sets all others, including the password. */
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
 * Builds the environment of a child process from the variables that every program needs and the named ones of this
 * process. Credentials of a cloud or of Pulumi therefore reach no child that does not need them.
 */
export function childEnvironment(named: readonly string[] = []): Record<string, string> {
  const entries = [...forEveryProgram, ...named].map((name) => [name, process.env[name]] as const);
  const known = entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(known), LC_ALL: "C" };
}
