export interface CommandArguments {
  /** The arguments that are not options. */
  operands: string[];
  options: Record<string, boolean | string | undefined>;
}
