/** PostgreSQL's error codes that this package acts upon. */
export const sqlstate = {
  protocolViolation: "08P01",
  featureNotSupported: "0A000",
  invalidPassword: "28P01",
  invalidAuthorization: "28000",
  databaseMissing: "3D000",
  duplicateDatabase: "42P04",
  insufficientPrivilege: "42501",
  undefinedObject: "42704",
  invalidParameterValue: "22023",
  duplicateObject: "42710",
  uniqueViolation: "23505",
  lockNotAvailable: "55P03",
  adminShutdown: "57P01",
  deadlockDetected: "40P01",
  objectInUse: "55006",
  unsafeNewEnumValue: "55P04",
} as const;
