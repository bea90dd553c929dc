/** PostgreSQL's error codes that this package acts upon. */
export const sqlstate = {
  invalidPassword: "28P01",
  invalidAuthorization: "28000",
  databaseMissing: "3D000",
  duplicateDatabase: "42P04",
  insufficientPrivilege: "42501",
  undefinedObject: "42704",
  duplicateObject: "42710",
  uniqueViolation: "23505",
  lockNotAvailable: "55P03",
  objectInUse: "55006",
  unsafeNewEnumValue: "55P04",
} as const;
