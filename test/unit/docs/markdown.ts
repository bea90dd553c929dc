import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** The Markdown files that people read in the repository, by their paths from its root. */
export const markdownFiles = globSync(["*.md", "{bench,docs,examples}/**/*.md"], { cwd: root }).sort();

/** Reads a file of the repository by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The paths of files that match, from the root of the repository. */
export function sourceFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: root });
}

/** Removes code, in which brackets and hashes are neither links nor headings. */
export function withoutCode(markdown: string): string {
  return markdown
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()#]/g, ""));
}

/** The anchors that GitHub makes of a page's headings. */
export function anchorsOf(path: string): string[] {
  const headings = [...withoutCode(readText(path)).matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = ""]) => heading,
  );
  const slugs = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/\]\([^)]*\)/g, "")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /g, "-"),
  );
  return slugs.map((slug, at) => {
    const before = slugs.slice(0, at).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** The rows of the first table under a heading, as their cells. */
export function tableUnder(path: string, heading: string): string[][] {
  const [, section = ""] = readText(path).split(new RegExp(`^#+ ${heading}$`, "m"));
  const [table = ""] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const [, , ...rows] = table.trim().split("\n");
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The words that a text has as code. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}
