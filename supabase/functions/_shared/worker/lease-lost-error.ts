/** Why a job's signal was aborted: another worker may own the job now, so whatever it yields is discarded. */
export class LeaseLostError extends Error {
  constructor() {
    super("the lease of this job was lost");
    this.name = "LeaseLostError";
  }
}
