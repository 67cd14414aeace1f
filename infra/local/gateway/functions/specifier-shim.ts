/** Addresses of the stand-in modules, as the import map writes them. */
export interface ShimAddresses {
  edgeRuntime: string;
  httpServer: string;
}

/**
 * Where an import that Supabase's documentation uses can be had from the npm registry or from Deno itself, so that a
 * function deploys unchanged on a machine that reaches neither jsr.io nor esm.sh nor deno.land; null for every other.
 */
export function specifierShim(specifier: string, shims: ShimAddresses): string | null {
  if (/^(?:jsr:|npm:|https:\/\/esm\.sh\/)@supabase\/functions-js(?:@[^/]+)?\/.*\.d\.ts$/.test(specifier)) {
    return shims.edgeRuntime;
  }
  if (/^jsr:@supabase\/functions-js(?:@[^/]+)?$/.test(specifier)) return shims.edgeRuntime;
  const supabaseJs = /^(?:jsr:|https:\/\/esm\.sh\/)(@supabase\/supabase-js(?:@[^/?]+)?)(?:\?.*)?$/.exec(
    specifier,
  );
  if (supabaseJs) return `npm:${supabaseJs[1]}`;
  if (/^https:\/\/deno\.land\/std(?:@[^/]+)?\/http\/server\.ts$/.test(specifier)) return shims.httpServer;
  return null;
}
