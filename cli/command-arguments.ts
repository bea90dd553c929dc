/** What a command is given. */
export interface CommandArguments {
  /** What stands beside the options. */
  operands: string[];
  options: Record<string, boolean | string | undefined>;
}
