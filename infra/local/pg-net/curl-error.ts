// Texts of curl_easy_strerror, which is what users of pg_net find in net._http_response.error_msg.
const texts: Record<string, string> = {
  ECONNREFUSED: "Couldn't connect to server",
  EHOSTUNREACH: "Couldn't connect to server",
  ENETUNREACH: "Couldn't connect to server",
  EADDRNOTAVAIL: "Couldn't connect to server",
  ETIMEDOUT: "Couldn't connect to server",
  EACCES: "Couldn't connect to server",
  ENOTFOUND: "Couldn't resolve host name",
  EAI_AGAIN: "Couldn't resolve host name",
  EAI_FAIL: "Couldn't resolve host name",
  EPIPE: "Failed sending data to the peer",
  ECONNRESET: "Failure when receiving data from the peer",
  HPE_INVALID_CONSTANT: "Unsupported protocol",
  ERR_INVALID_URL: "URL using bad/illegal format or missing URL",
  ERR_INVALID_CHAR: "A libcurl function was given a bad argument",
  ERR_INVALID_HTTP_TOKEN: "A libcurl function was given a bad argument",
  PARTIAL_FILE: "Transferred a partial file",
  TOO_MANY_REDIRECTS: "Number of redirects hit maximum amount",
  UNSUPPORTED_PROTOCOL: "Unsupported protocol",
};

/** What curl would say where Node fails with this error. */
export function curlError(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  // Node gives a connection that ends before any reply the same code as a reset one.
  if (message === "socket hang up") return "Server returned nothing (no headers, no data)";
  const known = texts[code];
  if (known) return known;
  if (code.startsWith("HPE_")) return "Weird server reply";
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS_HANDSHAKE") || code === "EPROTO")
    return "SSL connect error";
  if (isCertificateProblem(code)) return "SSL peer certificate or SSH remote key was not OK";
  return "Failure when receiving data from the peer";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function isCertificateProblem(code: string): boolean {
  return code.includes("CERT") || code.startsWith("UNABLE_TO_") || code === "ERR_TLS_CERT_ALTNAME_INVALID";
}
