import { UserError } from "../../user-error.ts";

export { UserError };

/** `<noun> "<name>": <what is wrong>; <what to do instead>`. */
export function userError(noun: string, name: string, wrong: string, instead: string): UserError {
  return new UserError(`${noun} "${name}": ${wrong}; ${instead}`);
}
