/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** The result of `promise`, or a DeadlineError after `ms` milliseconds. What the promise does later is ignored. */
export async function before<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
