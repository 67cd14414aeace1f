/** A refusal that the caller of the Management API gets as `{"message": ...}` with this status. */
export class ApiError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
