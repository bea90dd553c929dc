import assert from "node:assert/strict";
import { test } from "node:test";
import { checkKinds } from "../../../engine/checks/check-kinds.ts";
import { folderFormats } from "../../../engine/formats/formats.ts";
import { codeIn, readText, tableUnder } from "./markdown.ts";

const checksPage = "docs/reference/checks.md";

test("checks.md lists each kind with its members", () => {
  const common = tableUnder(checksPage, "Members of every check").flatMap(([member = ""]) => codeIn(member));
  const inPage = tableUnder(checksPage, "Kinds").map(([kind = "", , members = ""]) => [
    ...codeIn(kind),
    ...codeIn(members)
      .map((member) => member.replace("?", ""))
      .filter((member) => !common.includes(member))
      .sort(),
  ]);
  const inCode = Object.entries(checkKinds).map(([kind, { definition }]) => [
    kind,
    ...Object.keys(definition.in.shape)
      .filter((member) => member !== "kind" && !common.includes(member))
      .sort(),
  ]);
  assert.deepEqual(inPage.sort(), inCode.sort());
});

test("formats.md lists each format", () => {
  const inPage = tableUnder("docs/reference/formats.md", "Folder formats").flatMap(([name = ""]) =>
    codeIn(name),
  );
  assert.deepEqual(inPage.sort(), [...folderFormats].sort());
});

test("configuration.md lists each key of Pulumi.yaml", () => {
  const inPage = tableUnder("docs/reference/configuration.md", "Configuration of a stack").flatMap(
    ([keys = ""]) => codeIn(keys),
  );
  const [, config = ""] = readText("Pulumi.yaml").split(/^config:$/m);
  const inCode = [...config.matchAll(/^ {2}(\w+):$/gm)].map(([, key = ""]) => key);
  assert.deepEqual(inPage.sort(), inCode.sort());
});
