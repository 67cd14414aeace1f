// Stands in for `https://deno.land/std@<version>/http/server.ts`, whose `serve` became a part of Deno itself.
type Handler = (request: Request) => Response | Promise<Response>;

declare const Deno: { serve(handler: Handler): unknown };

export function serve(handler: Handler): void {
  Deno.serve(handler);
}
