import { databaseCopyProvider } from "./database-copy.ts";
import type { Noun, Properties, Provider } from "./dynamic-provider.ts";
import { migrationRunProvider } from "./migration-run.ts";
import { preflightProvider } from "./preflight.ts";
import { verificationProvider } from "./verification.ts";

/** The provider behind a noun. Called by what is stored in users' state: name and parameter stay as they are. */
export function providerOf(noun: Noun): Provider {
  const { diff, create } = {
    preflight: preflightProvider,
    "database-copy": databaseCopyProvider,
    "migration-run": migrationRunProvider,
    verification: verificationProvider,
  }[noun];
  return {
    diff,
    async create(inputs, olds) {
      const { id, outs } = await create(inputs, olds);
      // The engine's wire format has no undefined.
      return { id, outs: JSON.parse(JSON.stringify(outs)) as Properties };
    },
  };
}
