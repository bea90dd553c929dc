import * as pulumi from "@pulumi/pulumi";

/** Must be found in no plain input. */
export const password = "correct-horse-battery";

/** Nobody answers there. */
export const connection = { host: "127.0.0.1", port: 1, database: "app", user: "nobody", password };

/** A folder with five migrations. */
export const migrations = "test/folders/goose";

/** The type of a component of this package. */
export function component(name: string): string {
  return `pulumi-pg-migrations:index:${name}`;
}

/** The type of a resource that this package itself serves. */
export function dynamic(name: string): string {
  return `pulumi-nodejs:dynamic/pulumi-pg-migrations:${name}`;
}

/** A resource of the program that components are told to wait for. */
export class Network extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Network", name, {});
  }
}

/** An explicit provider. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, packageName: "aws" | "command") {
    super(packageName, name, packageName === "aws" ? { region: "eu-west-1" } : {});
  }
}
