const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);
const socketErrors = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_DESTROYED"]);

export interface ReplayFacts {
  method: string;
  hasBody: boolean;
  /** Whether any of the body was read, and so cannot be sent again. */
  bodyTouched: boolean;
  error: unknown;
}

/**
 * Whether a request that got no response may be sent once more: always when no connection came about, and after a
 * broken connection only when it changes nothing on the other side. A wake-up by POST is never doubled.
 */
export function mayReplay({ method, hasBody, bodyTouched, error }: ReplayFacts): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ECONNREFUSED") return !bodyTouched;
  return socketErrors.has(code) && safeMethods.has(method) && !hasBody;
}
