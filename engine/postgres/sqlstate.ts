/** PostgreSQL's error codes that this package acts upon. */
export const sqlstate = {
  invalidPassword: "28P01",
  invalidAuthorization: "28000",
  databaseMissing: "3D000",
  duplicateDatabase: "42P04",
  schemaMissing: "3F000",
  insufficientPrivilege: "42501",
  undefinedTable: "42P01",
  undefinedColumn: "42703",
  undefinedObject: "42704",
  duplicateTable: "42P07",
  uniqueViolation: "23505",
  lockNotAvailable: "55P03",
  objectInUse: "55006",
  unsafeNewEnumValue: "55P04",
  tooManyConnections: "53300",
  cannotConnectNow: "57P03",
} as const;
