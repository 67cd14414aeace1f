import { UserError } from "../kernel/user-error.ts";

export interface ApiRefusal {
  /** Method and path. */
  request: string;
  status: number;
  /** What the API says, without secrets. */
  message: string;
  /** How long the API asks to wait; 0 if it does not. */
  retryAfterMs: number;
  /** The request may have been carried out all the same. */
  mayBeDone: boolean;
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

  constructor({ request, status, message, retryAfterMs, mayBeDone }: ApiRefusal) {
    const said = message === "" ? "" : `: ${message.slice(0, LONGEST_MESSAGE)}`;
    const advice = adviceOf(status, mayBeDone);
    super(`management api: ${request} answered ${status}${said}${advice === undefined ? "" : `; ${advice}`}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** There was no answer, or not all of one, so nobody knows whether the request was carried out. */
export class NoAnswerError extends UserError {
  constructor(request: string, reason: string, mayBeDone: boolean, cause: unknown) {
    const what = `management api: ${request} failed: ${reason}; check apiUrl and the network, and try again`;
    super(`${what}${mayBeDone ? `; ${MAY_BE_DONE}` : ""}`, [], { cause });
  }
}

/** An answer of success that is not the API's: a proxy's page, say. */
export class StrangeAnswerError extends UserError {
  constructor(request: string, problem: string, mayBeDone: boolean) {
    const what = `management api: ${request} gave an answer that is not the API's: ${problem}; check apiUrl, and what stands between`;
    super(`${what}${mayBeDone ? `; ${MAY_BE_DONE}` : ""}`);
  }
}

const MAY_BE_DONE = "it may have been carried out all the same, which the next deployment finds out";

function adviceOf(status: number, mayBeDone: boolean): string | undefined {
  if (status >= 300 && status < 400) return "it leads elsewhere; set apiUrl to the API's own address";
  if (status >= 500) return `the API has a fault; try again later${mayBeDone ? `; ${MAY_BE_DONE}` : ""}`;
  return ADVICE[status];
}
