import { createHash } from "node:crypto";
import { type Script } from "./script.ts";
import { piecesOfScript } from "./read-script.ts";

/**
 * For each segment of a script, SHA-256 over the statements up to its end. It stays equal while a changed script begins
 * with the same statements. Comments and white space between statements do not count.
 */
export async function segmentDigests(script: Script): Promise<string[]> {
  const hash = createHash("sha256");
  const digests: string[] = [];
  let index = 0;
  let isLong = false;
  const endStatement = (): void => {
    hash.update("\0");
    while (script.segments[digests.length]?.to === index) digests.push(hash.copy().digest("hex"));
  };
  for await (const piece of piecesOfScript(script)) {
    if (isLong && piece.kind !== "rest") endStatement();
    isLong = piece.kind === "long" || piece.kind === "rest";
    if (piece.kind === "data" || piece.kind === "rest") hash.update(piece.text);
    for (const { start, end } of piece.statements) {
      index++;
      hash.update(piece.text.slice(start, end));
      if (!isLong) endStatement();
    }
  }
  if (isLong) endStatement();
  return digests;
}
