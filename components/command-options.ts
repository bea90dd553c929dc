import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type FolderFormat, folderFormats } from "../engine/index.ts";
import { input, optionsOf, requiredText, type Schemas, text } from "./given-options.ts";

/** A tool of the team's own that migrates. Changing any of it does nothing by itself: it holds for the next run. */
export interface CommandOptions {
  /** What a POSIX shell runs, `npx prisma migrate deploy`. It stands in clear in state and lists of processes. */
  command: pulumi.Input<string>;
  /** Variables of its environment besides those of the connection, which they win over. Default: none. */
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** Where it is started; a relative path starts at the program's folder. Default: the program's folder. */
  directory?: pulumi.Input<string> | undefined;
  /** The variable in which it looks for the connection URL. Default: `DATABASE_URL`. */
  urlVariable?: pulumi.Input<string> | undefined;
  /**
   * The folder's format, whose ledger tells what is pending; or `files`: no ledger is read, and any change of a file
   * in the folder is what is pending. Default: found out from the folder, and `files` where it is in no format that
   * this package reads.
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
