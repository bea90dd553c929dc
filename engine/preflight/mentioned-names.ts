import type { SoundScripts } from "../plan/plan-problems.ts";
import type { CheckResult } from "../checks/check.ts";

/**
 * True if a pending script mentions the name that a check lacks, so the run may be about to create it. Otherwise the
 * check is wrong, which would show only in the middle of the run. Also true if the name is unknown, or if a script is
 * too large to be kept.
 */
export function mayBeCreated(scripts: SoundScripts | undefined): (result: CheckResult) => boolean {
  const texts = [...(scripts?.values() ?? [])].map(({ kept }) => kept?.map(({ text }) => text.toLowerCase()));
  return ({ error }) => {
    const name = missingName(error?.message ?? "");
    if (name === undefined || scripts === undefined) return true;
    return texts.some((pieces) => pieces?.some((text) => mentions(text, name)) ?? true);
  };
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!isPartOfName(text[at - 1]) && !isPartOfName(text[at + name.length])) return true;
  return false;
}

function isPartOfName(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_$]/u.test(character);
}

/** The name in the server's message, in lower case and without its schema or table. */
function missingName(message: string): string | undefined {
  const [, named] = /^(?:column|relation) (.+) does not exist$/.exec(message) ?? [];
  return named?.replaceAll('"', "").split(".").at(-1)?.toLowerCase();
}
