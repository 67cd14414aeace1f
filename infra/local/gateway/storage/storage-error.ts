import { DatabaseError } from "pg";

/** A refusal in Supabase Storage's words. The answer's status is 400 for nearly all of them; its body has the real one. */
export class StorageError extends Error {
  readonly statusCode: number;
  readonly code: string;
  /** What Storage said before it had codes, and still says beside them. */
  readonly error: string;

  constructor(statusCode: number, code: string, message: string, error = code) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.error = error;
  }

  get httpStatus(): number {
    return this.statusCode >= 500 ? this.statusCode : 400;
  }

  get body(): Record<string, string> {
    const { code, error, message } = this;
    return { statusCode: String(this.statusCode), code, error, message };
  }
}

export const noSuchBucket = () =>
  new StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found");
export const noSuchKey = () => new StorageError(404, "NoSuchKey", "Object not found", "not_found");
export const noBytes = () => new StorageError(404, "NoSuchKey", "The resource was not found", "Not found");
export const invalidKey = (key: string) => new StorageError(400, "InvalidKey", `Invalid key: ${key}`);
export const accessDenied = (message: string) =>
  new StorageError(403, "AccessDenied", message, "Unauthorized");
export const invalidJwt = (message: string) => new StorageError(400, "InvalidJWT", message);
export const invalidRequest = (message: string) => new StorageError(400, "InvalidRequest", message, "Error");
export const tooLarge = () =>
  new StorageError(
    413,
    "EntityTooLarge",
    "The object exceeded the maximum allowed size",
    "Payload too large",
  );
export const invalidMimeType = (type: string) =>
  new StorageError(415, "InvalidMimeType", `mime type ${type} is not supported`, "invalid_mime_type");

/** For `catch`: null in place of a refusal. */
export function refusedOnly(error: unknown): null {
  if (error instanceof StorageError) return null;
  throw error;
}

/** What the database refused, as Storage passes it on; null for any other error. */
export function fromDatabaseError(error: unknown): StorageError | null {
  if (!(error instanceof DatabaseError)) return null;
  switch (error.code) {
    case "42501":
      return accessDenied(
        error.message.includes("row-level security")
          ? "new row violates row-level security policy"
          : error.message,
      );
    case "23505":
      return new StorageError(409, "ResourceAlreadyExists", "The resource already exists", "Duplicate");
    case "23503":
      return new StorageError(404, "InvalidRequest", "The related resource does not exist");
    case "55P03":
      return new StorageError(423, "ResourceLocked", "The resource is locked");
    case "57014":
      return new StorageError(544, "DatabaseTimeout", "The connection to the database timed out");
    default:
      return new StorageError(500, "DatabaseError", `database error, code: ${error.code}`);
  }
}
