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
  /** Gives its lines in portions. */
  read(): AsyncIterable<ScriptLines>;
}

/** A script that is in memory. */
export function sourceOf(text: string): ScriptSource {
  return {
    bytes: Buffer.byteLength(text),
    // eslint-disable-next-line @typescript-eslint/require-await -- read as files are
    async *read() {
      yield { text, line: 1 };
    },
  };
}
