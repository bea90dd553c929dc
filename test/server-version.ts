/**
 * Why a test cannot run on the server of the test run: its version lacks a feature. False if it can. The version is in
 * the environment (`test/postgres-server.ts`).
 */
export function lacking(what: string, { before }: { before: number }): string | false {
  const major = Number(process.env["TEST_POSTGRES_VERSION"]);
  if (!Number.isInteger(major)) throw new Error("TEST_POSTGRES_VERSION is not set: see test/database.ts.");
  return major < before ? `PostgreSQL has ${what} from version ${before} on` : false;
}
