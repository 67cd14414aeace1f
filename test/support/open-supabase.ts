import { createClient, type SupabaseClient, type WebSocketLikeConstructor } from "@supabase/supabase-js";
import { WebSocket } from "undici";

/** The real client library, as a program of the user opens it. */
export function openSupabase(
  url: string,
  apiKey: string,
  accessToken?: () => Promise<string>,
): SupabaseClient {
  return createClient(url, apiKey, {
    auth: { persistSession: false },
    // Node has one of its own only from 22 on.
    realtime: { transport: WebSocket as unknown as WebSocketLikeConstructor },
    ...(accessToken && { accessToken }),
  });
}
