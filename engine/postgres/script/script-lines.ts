/** Whole lines of a script with their endings, and the number of the first line. */
export interface ScriptLines {
  text: string;
  /** Counted from 1. */
  line: number;
}

/** A script that can be read repeatedly, in portions, so memory does not grow with its size. */
export interface ScriptSource {
  /** Its size. A small script is read completely before any of it is run. */
  bytes: number;
  /** True if it begins with a byte-order mark, which is left out when it is read. Default: false. */
  hasByteOrderMark?: boolean | undefined;
  /** Yields its lines in portions; those of a script in memory are available at once. */
  read(): AsyncIterable<ScriptLines> | Iterable<ScriptLines>;
}

/** A script in memory. */
export function sourceOf(text: string): ScriptSource {
  return { bytes: Buffer.byteLength(text), read: () => [{ text, line: 1 }] };
}

/** Reads a script into memory, so that the inspected and the executed text are the same, and the file is read once. */
export async function held(source: ScriptSource): Promise<ScriptSource> {
  const lines: ScriptLines[] = [];
  for await (const portion of source.read()) lines.push(portion);
  return { ...source, read: () => lines };
}
