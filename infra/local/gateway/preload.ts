// Runs in every function's Deno process before its code and gives it what Supabase's Edge Runtime has and Deno lacks:
// EdgeRuntime.waitUntil, the beforeunload event, survival of unhandled rejections, `export default { fetch }`.
// It hears the gateway on stdin, one command per line, and answers on stderr in lines that begin with a separator.
// Nothing here may be pending before the function's own code: Deno waits for it.
type Handler = (request: unknown, info: unknown) => unknown;
interface DenoServer {
  addr: { port: number };
  shutdown(): Promise<void>;
}
interface DenoNamespace {
  serve(options: Record<string, unknown>): DenoServer;
  stdin: { readable: ReadableStream<Uint8Array> };
  stderr: { writeSync(data: Uint8Array): number };
  mainModule: string;
  addSignalListener(signal: string, listener: () => void): void;
  exit(code: number): never;
}
declare const Deno: DenoNamespace;
interface FailureEvent extends Event {
  reason?: unknown;
  error?: unknown;
}

const servers: DenoServer[] = [];
/** Requests being handled and work handed to waitUntil: the process ends after them. */
const pending = new Set<Promise<unknown>>();
let unloaded = false;

const scope = globalThis as unknown as EventTarget;
Object.defineProperty(globalThis, "EdgeRuntime", { value: { waitUntil }, configurable: true });
const serveOfDeno = Deno.serve;
Object.defineProperty(Deno, "serve", { value: serve, configurable: true });
for (const kind of ["unhandledrejection", "error"]) scope.addEventListener(kind, survive);
scope.addEventListener("load", () => void serveDefaultExport());
Deno.addSignalListener("SIGTERM", () => {
  unload("termination");
  void finish();
});

function waitUntil<T>(promise: Promise<T>): Promise<T> {
  track(promise.catch((error) => console.error("EdgeRuntime.waitUntil: a background task failed:", error)));
  return promise;
}

function track(promise: Promise<unknown>): void {
  const settled: Promise<unknown> = promise.catch(() => undefined).then(() => pending.delete(settled));
  pending.add(settled);
}

/** Deno.serve in all its forms: `(handler)`, `(options, handler)` and `({ handler, ...options })`. */
function serve(...args: unknown[]): DenoServer {
  const options = args.find((arg) => typeof arg === "object" && arg !== null) as
    | Record<string, unknown>
    | undefined;
  const handler = (args.find((arg) => typeof arg === "function") ?? options?.handler) as Handler;
  const server = serveOfDeno({ onListen: () => {}, ...options, handler: tracked(handler) });
  servers.push(server);
  if (servers.length === 1) {
    void obeyGateway();
    tellGateway({ port: server.addr.port });
  }
  return server;
}

/** With both parameters by name: Deno looks at a handler's length to see what it must pass. */
function tracked(handler: Handler): Handler {
  return (request, info) => {
    const response = handler(request, info);
    if (response instanceof Promise) track(response);
    return response;
  };
}

async function serveDefaultExport(): Promise<void> {
  if (servers.length > 0) return;
  const module = (await import(Deno.mainModule)) as { default?: { fetch?: Handler } };
  const declared = module.default;
  if (typeof declared?.fetch === "function") serve(declared.fetch.bind(declared));
}

function survive(event: Event): void {
  const failure = event as FailureEvent;
  // Before it serves, a failure must end the process, so that the gateway reports a failed boot.
  if (servers.length === 0) return;
  event.preventDefault();
  console.error("uncaught:", failure.reason ?? failure.error);
}

async function obeyGateway(): Promise<void> {
  let text = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) obey(line);
  }
  // The pipe closes only when the gateway is gone, and without it nothing limits this process.
  Deno.exit(1);
}

function obey(line: string): void {
  const [command, reason = "termination"] = line.split(" ");
  if (command === "unload") {
    tellGateway({ unloading: true });
    unload(reason);
  }
  if (command === "finish") void finish();
}

/** Tells the function that its process will end soon; a listener finds the reason in `event.detail.reason`. */
function unload(reason: string): void {
  if (unloaded) return;
  unloaded = true;
  scope.dispatchEvent(new CustomEvent("beforeunload", { detail: { reason } }));
}

async function finish(): Promise<void> {
  await Promise.all(servers.map((server) => server.shutdown()));
  await settle();
  unload("early_drop");
  await settle();
  Deno.exit(0);
}

/** Work may hand over more work, so look again until none is left. */
async function settle(): Promise<void> {
  while (pending.size > 0) await Promise.all(pending);
}

function tellGateway(message: Record<string, unknown>): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`\u001e${JSON.stringify(message)}\n`));
}

export {};
