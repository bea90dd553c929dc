import { CheckDefinitionError } from "./kind/check-definition-error.ts";
import { checkKinds, sqlProblemOf } from "./check-kinds.ts";
import { impossibleTimeOf } from "./check-times.ts";
import type { Check } from "./check.ts";
import type { DefinitionIssue } from "./kind/check-kind.ts";

/**
 * Reads checks from data, such as Pulumi.<stack>.yaml or a provider's inputs, and validates them. Kinds and members
 * must be known, names unique, column references well-formed, and the SQL must parse. Rejects with a
 * `CheckDefinitionError`.
 */
export async function readChecks(definitions: readonly unknown[]): Promise<Check[]> {
  const checks = readDefinitions(definitions);
  refuseEqualNames(checks);
  for (const check of checks) {
    refuseImpossibleTime(check);
    await refuseUnreadableSql(check);
  }
  return checks;
}

/** Reads each definition on its own: kind and members, not its SQL. Throws a `CheckDefinitionError`. */
export function readDefinitions(definitions: readonly unknown[]): Check[] {
  return definitions.map(readCheck);
}

function readCheck(definition: unknown, index: number): Check {
  const { kind, name } = (definition ?? {}) as { kind?: unknown; name?: unknown };
  const label = typeof name === "string" && name !== "" ? name : `number ${index + 1}`;
  if (typeof kind !== "string" || !Object.hasOwn(checkKinds, kind))
    throw new CheckDefinitionError(
      label,
      `the kind ${JSON.stringify(kind)} does not exist. The kinds are ${Object.keys(checkKinds).join(", ")}.`,
    );
  const { definition: schema } = checkKinds[kind as Check["kind"]];
  const result = schema.safeParse(definition);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => problemOf(issue, Object.keys(schema.in.shape)));
  throw new CheckDefinitionError(label, `the definition of ${kind} is invalid: ${problems.join("; ")}.`);
}

function problemOf({ code, path, message }: DefinitionIssue, known: readonly string[]): string {
  if (path.length > 0) return `${path.join(".")}: ${message}`;
  return code === "unrecognized_keys" ? `${message} (known: ${known.join(", ")})` : message;
}

function refuseEqualNames(checks: Check[]): void {
  const names = checks.map((check) => check.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new CheckDefinitionError(
      twice,
      "two checks have this name. Give each check a different name, because violations are reported by name.",
    );
}

function refuseImpossibleTime(check: Check): void {
  const time = impossibleTimeOf(check);
  if (time !== undefined)
    throw new CheckDefinitionError(
      check.name,
      `${check.kind} cannot be evaluated ${time}. Remove it from \`when\`.`,
    );
}

async function refuseUnreadableSql(check: Check): Promise<void> {
  const problem = await sqlProblemOf(check);
  if (problem !== undefined) throw new CheckDefinitionError(check.name, problem);
}
