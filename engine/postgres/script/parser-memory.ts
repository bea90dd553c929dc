import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8 from optimizing the parser. Optimizing its largest function takes more than half a gigabyte of memory, which
 * a deployment's container may not have, and does not speed up reading. The settings apply to all WebAssembly of the
 * process, so they are made just before the parser is loaded, not when the package is imported.
 */
export function keepParserSmall(): void {
  for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
}
