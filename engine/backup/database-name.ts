/** Appends a suffix to a database's name. The name is cut so that the result fits PostgreSQL's limit of 63 bytes. */
export function nameWithSuffix(name: string, suffix: string): string {
  let stem = Array.from(name);
  while (Buffer.byteLength(stem.join("") + suffix) > 63) stem = stem.slice(0, -1);
  return stem.join("") + suffix;
}
