import { PgMigrationsError } from "../../error.ts";
import { withoutSecretLiterals } from "./secret-literals.ts";
import { foreign, foreignLines } from "../../foreign-text.ts";

/** The fields of a server's error report that are kept. Spelled out, so that users need no types of the driver. */
interface ServerError {
  message: string;
  code?: string | undefined;
  position?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
  where?: string | undefined;
}

/** The server refused a statement: its own words, its SQLSTATE, and where in the text it points. */
export class StatementFailure extends PgMigrationsError {
  /** How many statements of the script had succeeded before this one. */
  readonly completedStatements: number;
  /** Where the server points, counted in characters from 1; undefined where it points nowhere. */
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
