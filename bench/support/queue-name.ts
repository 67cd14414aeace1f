/** The benchmarks' queue. */
export const queue = "bench";
