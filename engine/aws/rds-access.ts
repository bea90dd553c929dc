/**
 * A connection to RDS, for the functions of this folder. It names no type of the SDK, since
 * users without the SDK compile with it.
 */
export interface Rds {
  readonly region: string;
}
