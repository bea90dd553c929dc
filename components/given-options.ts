import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { printable } from "../engine/foreign-text.ts";

/** The names of all members of a type, or of all alternatives of a union. */
type MembersOf<Options> = Options extends unknown ? keyof Options : never;

/**
 * The schema of each member of some options. The types of options are written by hand beside their schemas, because
 * those of the library do not compile in every user's project; this type keeps both together.
 * @internal
 */
export type Schemas<Options> = Readonly<Record<MembersOf<Options>, z.ZodType>>;

/** One of several objects, without the members of the others. */
export type OneOf<Union, Members extends PropertyKey = MembersOf<Union>> = Union extends unknown
  ? Union & Readonly<Partial<Record<Exclude<Members, keyof Union>, undefined>>>
  : never;

/** A member whose value may be an output: a value that is known now is read now. @internal */
export function input(schema: z.ZodType): z.ZodType {
  const read = z.unknown().superRefine((given, context) => {
    if (isLater(given)) return;
    copyIssues(schema, given, context);
  });
  return schema.safeParse(undefined).success ? read.optional() : read;
}

/** Reports the issues that a schema has with a value. @internal */
export function copyIssues(schema: z.ZodType, given: unknown, context: z.RefinementCtx): void {
  for (const issue of nearest(schema.safeParse(given).error?.issues ?? []))
    context.issues.push({ ...issue, input: undefined });
}

/** An object of exactly these members. A member that is undefined counts as not given. @internal */
export function optionsOf(schemas: Readonly<Record<string, z.ZodType>>): z.ZodType {
  const known = Object.keys(schemas).sort().join(", ");
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code === "unrecognized_keys"
      ? `there is no option ${issue.keys.join(", ")}; the options are ${known === "" ? "none" : known}`
      : undefined;
  return z.preprocess(withoutUndefined, z.strictObject(schemas, { error }));
}

/** An object that has one of the named members, and no other of them. @internal */
export function oneOf(schemas: Readonly<Record<string, z.ZodType>>, names: readonly string[]): z.ZodType {
  return optionsOf(schemas).superRefine((given, context) => {
    const chosen = names.filter((name) => (given as Record<string, unknown>)[name] !== undefined);
    if (chosen.length === 1) return;
    const message =
      chosen.length === 0
        ? `give one of ${names.join(", ")}`
        : `${chosen.join(" and ")} exclude each other: give one of them`;
    context.issues.push({ code: "custom", message, input: undefined });
  });
}

/** Schemas of members that several options have. @internal */
export const flag = input(z.boolean().optional());
/** An optional text. @internal */
export const text = input(z.string().optional());
/** A required name or path. @internal */
export const requiredText = input(z.string().min(1));
/** A number of milliseconds, minutes or bytes. @internal */
export const amount = input(z.number().nonnegative().optional());
/** A whole number of at least one. @internal */
export const count = input(z.number().int().min(1).optional());
/** A component or an output that other code has made: it is not inspected. @internal */
export const madeElsewhere = z.unknown();

/**
 * Throws a `RunError` that names every member of a component's arguments that is missing, unknown or wrong. Called before
 * the component is registered.
 * @internal
 */
export function requireOptions(component: string, schema: z.ZodType, given: unknown): void {
  const { error } = schema.safeParse(given ?? {});
  if (error === undefined) return;
  const lines = nearest(error.issues).map((issue) => `  ${describe(issue)}`);
  throw new pulumi.RunError(
    printable(`The arguments of ${component} cannot be used. Nothing was done:\n${lines.join("\n")}`),
  );
}

/** The given members that a set of schemas knows. @internal */
export function only<Options>(schemas: Schemas<Options>, given: object): Options {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => Object.hasOwn(schemas, name)),
  ) as Options;
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const problem = message.endsWith("received undefined") ? "is missing" : message;
  return path.length === 0 ? problem : `${path.join(".")}: ${problem}`;
}

/** If no alternative fits, the problems of the one that comes nearest. */
function nearest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const [fewest = []] = issue.errors.map(nearest).sort((a, b) => a.length - b.length);
    return fewest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}

function isLater(given: unknown): boolean {
  return pulumi.Output.isInstance(given) || (typeof given === "object" && given !== null && "then" in given);
}

function withoutUndefined(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  // Pulumi itself adds a member `__provider` to an object that a dynamic resource was made with.
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== undefined && !name.startsWith("__")),
  );
}
