import * as pulumi from "@pulumi/pulumi";

/** Loads a provider's SDK. Only users of a component that is built on it need to install it. */
export async function packageOf<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new pulumi.RunError(
      `The package ${name} is required but not installed. Run \`npm install ${name}\`.`,
    );
  }
}
