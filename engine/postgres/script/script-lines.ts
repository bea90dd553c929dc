/** Whole lines of a script, their endings included, and the number of the first. */
export interface ScriptLines {
  text: string;
  /** Counted from 1. */
  line: number;
}

/** A script that can be read again and again, in portions, so that its size does not matter. */
export interface ScriptSource {
  /** How large it is; a small script is read completely before anything of it is run. */
  bytes: number;
  /** Whether it begins with a byte-order mark, which is left out when it is read. Default: false. */
  hasByteOrderMark?: boolean | undefined;
  /** Gives its lines in portions; those of a script in memory are there at once. */
  read(): AsyncIterable<ScriptLines> | Iterable<ScriptLines>;
}

/** A script that is in memory. */
export function sourceOf(text: string): ScriptSource {
  return { bytes: Buffer.byteLength(text), read: () => [{ text, line: 1 }] };
}

/** Reads a script once and for all: what is looked at and what is run are then the same, and the file is read once. */
export async function held(source: ScriptSource): Promise<ScriptSource> {
  const lines: ScriptLines[] = [];
  for await (const portion of source.read()) lines.push(portion);
  return { ...source, read: () => lines };
}
