/** The secret that `supabase start` signs its users' tokens with. */
export const jwtSecret = "super-secret-jwt-token-with-at-least-32-characters-long";

/** Role and password as `supabase start` has them. */
export function localDatabaseUrl(role: "postgres" | "supabase_admin", port: number): string {
  return `postgresql://${role}:postgres@127.0.0.1:${port}/postgres`;
}
