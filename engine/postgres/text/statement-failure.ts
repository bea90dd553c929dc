import { PgMigrationsError } from "../../error.ts";
import { withoutSecretLiterals } from "./secret-literals.ts";
import { foreign, foreignLines } from "../../foreign-text.ts";

/** The used fields of a server's error report. Declared here, so that users need no types of the driver. */
interface ServerError {
  message: string;
  code?: string | undefined;
  position?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
  where?: string | undefined;
}

/** The server refused a statement: its message, its SQLSTATE, and the position that it reports. */
export class StatementFailure extends PgMigrationsError {
  /** Number of statements of the script that had succeeded before this one. */
  readonly completedStatements: number;
  /** The position that the server reports, in characters from 1; undefined if it reports none. */
  readonly position: number | undefined;
  /** The server's DETAIL, HINT and CONTEXT lines. */
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly where: string | undefined;

  constructor(
    error: ServerError,
    completedStatements: number,
    { redact, showsDetails = true }: { redact: (text: string) => string; showsDetails?: boolean },
  ) {
    super("STATEMENT_FAILED", foreign(redact(error.message)), { sqlstate: error.code });
    const masked = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : foreignLines(redact(text));
    this.completedStatements = completedStatements;
    this.position = error.position === undefined ? undefined : Number(error.position);
    this.detail = showsDetails ? masked(error.detail) : undefined;
    this.hint = masked(error.hint);
    // It repeats statements, and the rows of a COPY.
    this.where =
      showsDetails && error.where !== undefined
        ? masked(withoutSecretLiterals(redact(error.where)))
        : undefined;
  }
}
