import { setFlagsFromString } from "node:v8";

// Keeps V8 from optimising the parser. Its largest function takes V8 more than half a gigabyte of memory to optimise, in
// which a deployment's container may come to its end, and scripts are read no faster for it. The settings hold for
// WebAssembly that the process loads from now on, so this file is imported before the parser.
for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
