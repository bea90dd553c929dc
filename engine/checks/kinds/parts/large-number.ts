import { mayBeRounded } from "./bounds.ts";

/** A JSON number that JavaScript would round, as it was written. */
export class LargeNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Makes JSON.stringify write the number as it was. */
  toJSON(): unknown {
    // TypeScript's library types lack it.
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.source);
  }
}

/** Parses JSON without rounding numbers beyond JavaScript's exact ones. Throws a `SyntaxError`. Pure. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    mayBeRounded(value) && context?.source !== undefined ? new LargeNumber(context.source) : value,
  );
}

/** True if two texts are the same number, however it is written: `12`, `12.0`, `1.2e1`. Pure. */
export function sameDecimal(one: string, other: string): boolean {
  const canonical = canonicalDecimal(one);
  return canonical !== undefined && canonical === canonicalDecimal(other);
}

/** The sign, the significant digits, and the power of ten to multiply them by. */
function canonicalDecimal(text: string): string | undefined {
  const [matched, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  const power = Number(exponent) - fraction.length + (digits.length - end);
  return end === 0 ? "0" : `${sign}${digits.slice(0, end)}e${power}`;
}
