/** Appends a suffix to a database's name, which is cut where PostgreSQL would cut the whole: at 63 bytes. */
export function nameWithSuffix(name: string, suffix: string): string {
  let stem = Array.from(name);
  while (Buffer.byteLength(stem.join("") + suffix) > 63) stem = stem.slice(0, -1);
  return stem.join("") + suffix;
}
