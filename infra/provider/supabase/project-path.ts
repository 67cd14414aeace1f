/** Where the platform unpacks what is uploaded; names the project, the function and its version. */
const UNPACKED = /^\/tmp\/user_fn_[^/]+\/(?:source\/)?/;

/**
 * A file's path in the project, from the address under which Supabase shows it: the path as it was sent, the place where
 * the platform unpacked it, or the file on the machine that deployed it.
 */
export function projectPath(address: string): string {
  if (!address.startsWith("file://")) return address;
  const path = decodeURIComponent(new URL(address).pathname);
  if (UNPACKED.test(path)) return path.replace(UNPACKED, "");
  const inProject = path.indexOf("/supabase/functions/");
  return inProject === -1 ? address : path.slice(inProject + 1);
}
