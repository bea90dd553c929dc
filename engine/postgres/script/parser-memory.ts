import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8 from optimising the parser. Its largest function takes V8 more than half a gigabyte of memory to optimise, in
 * which a deployment's container may come to its end, and scripts are read no faster for it. The settings hold for the
 * WebAssembly of the whole process, so they are made only before the parser is loaded, and not when the package is imported.
 */
export function keepParserSmall(): void {
  for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
}
