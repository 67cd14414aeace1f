import { UserError } from "../kernel/user-error.ts";

export interface ApiFailure {
  /** Method and path. */
  request: string;
  status: number;
  /** What the API says. */
  message: string;
  /** How long the API asks to wait; 0 if it does not. */
  retryAfterMs: number;
}

const ADVICE: Record<number, string> = {
  401: "the access token was refused; make one in the account's settings and set accessToken to it",
  402: "the project's plan does not allow this; upgrade it, or delete what is not needed",
  403: "the access token may not do this; use one of an account that may change the project",
  404: "check projectRef, and that the account of the access token sees the project",
  413: "it is too large for the API; deploy fewer or smaller files",
  429: "the API still refuses requests after several waits; try again in a minute",
};

const LONGEST_MESSAGE = 2_000;

/** A refusal of the Management API, in words. */
export class ApiError extends UserError {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor({ request, status, message, retryAfterMs }: ApiFailure) {
    const said = message === "" ? "" : `: ${message.slice(0, LONGEST_MESSAGE)}`;
    const advice = ADVICE[status] ?? (status >= 500 ? "the API has a fault; try again later" : undefined);
    super(`management api: ${request} answered ${status}${said}${advice === undefined ? "" : `; ${advice}`}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}
