import type { Report } from "./report.ts";

/**
 * The reports the database has not confirmed. They are sent together; when the database refuses the data of a batch,
 * ever smaller parts are sent until the culprit stands alone, so that one bad result never holds up the others.
 */
export class ReportBuffer {
  readonly #reports: Report[] = [];
  /** When each of them was added. */
  readonly #since: number[] = [];
  #limit = Number.POSITIVE_INFINITY;
  #sent = 0;

  get size(): number {
    return this.#reports.length;
  }

  /** When the oldest report was added. */
  get since(): number | null {
    return this.#since[0] ?? null;
  }

  /** True while a refused batch is being taken apart: then nothing may be claimed in the same call. */
  get isolating(): boolean {
    return this.#limit !== Number.POSITIVE_INFINITY;
  }

  add(report: Report, now: number): void {
    this.#reports.push(report);
    this.#since.push(now);
  }

  /** The next reports to send; they stay here until `confirm`. */
  take(): Report[] {
    this.#sent = Math.min(this.#reports.length, this.#limit);
    return this.#reports.slice(0, this.#sent);
  }

  /** The database has stored what `take` gave. */
  confirm(): void {
    this.#reports.splice(0, this.#sent);
    this.#since.splice(0, this.#sent);
    this.#limit = this.#reports.length === 0 ? Number.POSITIVE_INFINITY : this.#limit * 2;
  }

  /**
   * The database refused the data of a call with what `take` gave; `alone` when the call claimed nothing, so that the
   * reports must be the cause. A single completed job then becomes a failed one; when even that is refused it is
   * dropped, and its lease runs out.
   */
  refuse(reason: string, alone: boolean): void {
    if (!alone) {
      this.#limit = this.#sent;
      return;
    }
    if (this.#sent > 1) {
      this.#limit = Math.ceil(this.#sent / 2);
      return;
    }
    this.#limit = 1;
    const [culprit] = this.#reports;
    if (culprit?.outcome === "completed") {
      const { id, token } = culprit;
      const error = `the result could not be stored: ${reason}`;
      this.#reports[0] = { id, token, outcome: "failed", error, retryable: false };
    } else {
      this.#reports.shift();
      this.#since.shift();
    }
  }
}
