import { databaseCopyProvider } from "./database-copy.ts";
import type { Noun, Properties, Provider } from "./dynamic-provider.ts";
import { migrationRunProvider } from "./migration-run.ts";
import { preflightProvider } from "./preflight.ts";
import { verificationProvider } from "./verification.ts";

const providers: Record<Noun, Provider> = {
  preflight: preflightProvider,
  "database-copy": databaseCopyProvider,
  "migration-run": migrationRunProvider,
  verification: verificationProvider,
};

/** The provider behind a noun. Called by what is stored in users' state: name and parameter stay as they are. */
export function providerOf(noun: Noun): Provider {
  const { check, diff, create } = providers[noun];
  return {
    ...(check === undefined ? {} : { check }),
    diff,
    async create(inputs, olds) {
      const { id, outs } = await create(inputs, olds);
      // The engine's wire format has no undefined.
      return { id, outs: JSON.parse(JSON.stringify(outs)) as Properties };
    },
  };
}
