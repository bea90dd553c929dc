import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type FolderFormat, folderFormats } from "../engine/index.ts";
import { input, optionsOf, requiredText, type Schemas, text } from "./given-options.ts";

/** A tool of the team's own that applies migrations. A change alone does nothing; it counts from the next run. */
export interface CommandOptions {
  /** The command for a POSIX shell, `npx prisma migrate deploy`. It is visible in state and in lists of processes. */
  command: pulumi.Input<string>;
  /** Variables of its environment. They override those of the connection. Default: none. */
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** The folder in which it starts; a relative path starts at the program's folder. Default: the program's folder. */
  directory?: pulumi.Input<string> | undefined;
  /** The variable from which it reads the connection URL. Default: `DATABASE_URL`. */
  urlVariable?: pulumi.Input<string> | undefined;
  /**
   * The folder's format, whose ledger shows what is pending; or `files`: no ledger is read, and any change of a file in
   * the folder is pending. Default: detected from the folder, and `files` if this package cannot read its format.
   */
  format?: FolderFormat | "files" | undefined;
}

/** Schemas of these options. @internal */
export const commandSchemas: Schemas<CommandOptions> = {
  command: requiredText,
  environment: input(z.record(z.string(), input(z.string())).optional()),
  directory: text,
  urlVariable: text,
  format: z.enum([...folderFormats, "files"]).optional(),
};

/** The tool of a pipeline: its command alone, or with options. @internal */
export const commandSchema = z.union([z.string().min(1), optionsOf(commandSchemas)]);
