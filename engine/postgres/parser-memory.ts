import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8 from optimising the parser while it runs. Its largest function takes V8 more than half a gigabyte of memory
 * to optimise, in which a deployment's container may come to its end, and scripts are read no faster for it. Has to be
 * called before the parser is loaded, and holds for all WebAssembly of the process: V8 looks at the setting whenever a
 * function has run for long, so that it cannot be taken back.
 */
export function keepParserSmall(): void {
  setFlagsFromString("--wasm-tiering-budget=2000000000");
}
