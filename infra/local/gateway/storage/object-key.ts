import { invalidKey } from "./storage-error.ts";

/** What Storage takes in an object's name: letters, digits and the signs that S3 calls safe. */
const safe = /^[\w/!\-.*'() &$@=;:+,?]+$/;

/** Throws Storage's refusal of any other name. */
export function checkKey(name: string): void {
  if (!safe.test(name)) throw invalidKey(name);
}
