import { randomBytes } from "node:crypto";
import type { Operation, Properties, ResourceType } from "../provider.ts";
import { findAssets } from "./assets.ts";
import { type CommandProcess, runProcess } from "./process.ts";

interface CommandInputs {
  create?: string;
  update?: string;
  delete?: string;
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  stdin?: string;
  logging?: CommandProcess["logging"];
  addPreviousOutputInEnv?: boolean;
  assetPaths?: string[];
}

/** `command:local:Command` as version 1.2.1 of the real provider does it. */
export const localCommand: ResourceType = {
  outputs: ["stdout", "stderr"],
  outputsFollowInputs: true,
  replaceOnChanges: ["triggers"],
  complete: (inputs) => ({ addPreviousOutputInEnv: inputs["addPreviousOutputInEnv"] ?? true }),
  async create(operation) {
    const { create } = operation.inputs as CommandInputs;
    const id = `${operation.name}${randomBytes(4).toString("hex")}`;
    if (create === undefined) return { id, outputs: { ...operation.inputs, stdout: "", stderr: "" } };
    return { id, outputs: await outputsOf(create, operation) };
  },
  async update(operation) {
    const { create, update = create } = operation.inputs as CommandInputs;
    const { stdout = "", stderr = "" } = operation.olds;
    if (update === undefined) return { ...operation.inputs, stdout, stderr };
    return outputsOf(update, operation, operation.olds);
  },
  async delete(operation) {
    const inputs = operation.olds as CommandInputs;
    if (inputs.delete !== undefined) await outputsOf(inputs.delete, operation, operation.olds);
  },
};

/** `command:local:run`. */
export async function runCommand(args: Properties, signal: AbortSignal): Promise<Properties> {
  const { command, ...inputs } = args as Properties & { command: string };
  const outputs = await outputsOf(command, { inputs, signal, report: () => undefined });
  return { ...outputs, command };
}

async function outputsOf(
  command: string,
  { inputs, signal, report }: Pick<Operation, "inputs" | "report" | "signal">,
  previous: Properties = {},
): Promise<Properties> {
  const { interpreter, dir, environment = {}, stdin, logging, assetPaths, ...rest } = inputs as CommandInputs;
  const outputs = await runProcess({
    command,
    interpreter,
    dir,
    environment: {
      ...environment,
      ...(rest.addPreviousOutputInEnv === false ? {} : outputsAsVariables(previous)),
    },
    stdin,
    logging: logging ?? "stdoutAndStderr",
    report,
    signal,
  });
  const assets = assetPaths && { assets: await findAssets(dir ?? process.cwd(), assetPaths) };
  return { ...inputs, ...outputs, ...assets };
}

function outputsAsVariables({ stdout, stderr }: Properties): Record<string, string> {
  return {
    ...(typeof stdout === "string" && stdout !== "" ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(typeof stderr === "string" && stderr !== "" ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}
