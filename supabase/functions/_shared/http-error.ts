/** One thing that is wrong in a request body. */
export interface Detail {
  /** Where, as in `parameters.level`; empty for the body itself. */
  readonly path: string;
  readonly message: string;
}

/** Thrown anywhere in a handler to answer with this status and `{error, details}`. The message is shown to the caller. */
export class HttpError extends Error {
  readonly status: number;
  readonly details: readonly Detail[] | undefined;

  constructor(status: number, message: string, details?: readonly Detail[]) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.details = details;
  }
}
