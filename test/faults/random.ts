/** A source of choices that a seed reproduces. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of the given things. */
  one<const Thing>(things: readonly [Thing, ...Thing[]]): Thing;
}

/** The choices of one trial. The same seed and name give the same choices, in any order of trials. */
export function randomOf(seed: number, name: string): Random {
  let state = seed >>> 0;
  for (const character of name)
    state = (Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) + 1) >>> 0;
  // Mulberry32.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { between, one: (things) => things[between(0, things.length - 1)] ?? things[0] };
}
