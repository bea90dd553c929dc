/**
 * A connection to RDS, for the functions of this folder. It has no type of the SDK, because users without the SDK
 * compile it.
 */
export interface Rds {
  readonly region: string;
}
