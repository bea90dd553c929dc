import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { anchorsOf, codeIn, markdownFiles, readText, sourceFiles, withoutCode } from "./markdown.ts";

const root = join(import.meta.dirname, "../../..");

test("each relative link of a page leads to a file and a heading", () => {
  const broken = markdownFiles.flatMap((page) =>
    linksIn(page)
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test("each page of docs/ is reachable from its index", () => {
  const reached = new Set(["docs/README.md"]);
  for (const page of reached)
    for (const link of linksIn(page)) {
      const [path = ""] = link.split("#");
      const target = normalize(join(dirname(page), path));
      if (path.endsWith(".md") && existsSync(join(root, target))) reached.add(target);
    }
  assert.deepEqual(
    markdownFiles.filter((page) => page.startsWith("docs/") && !reached.has(page)),
    [],
  );
});

test("each page that code or configuration names exists", () => {
  const broken = sourceFiles("{*.yaml,*.cjs,{cli,components,engine,resources,scripts}/**/*.ts}").flatMap(
    (file) =>
      [...readText(file).matchAll(/(?<![\w/.])docs\/[\w/-]+\.(?:md|svg)/g)]
        .filter(([page]) => !existsSync(join(root, page)))
        .map(([page]) => `${file}: ${page}`),
  );
  assert.deepEqual(broken, []);
});

test("each file that a page names exists", () => {
  const broken = markdownFiles
    .filter((page) => page !== "CHANGELOG.md")
    .flatMap((page) =>
      codeIn(readText(page))
        .filter((code) =>
          /^(?:cli|components|docs|engine|resources|scripts|test|tools)\/[\w./-]+$/.test(code),
        )
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    );
  assert.deepEqual(broken, []);
});

function linksIn(page: string): string[] {
  return [...withoutCode(readText(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}
