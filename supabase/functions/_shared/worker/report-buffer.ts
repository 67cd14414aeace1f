import type { Report } from "./report.ts";

/**
 * The reports the database has not confirmed. They are sent together; when the database refuses the data of a batch,
 * ever smaller parts are sent until the culprit stands alone, so that one bad result never holds up the others.
 */
export class ReportBuffer {
  #reports: { report: Report; since: number }[] = [];
  #limit = Number.POSITIVE_INFINITY;
  #sent = 0;

  get size(): number {
    return this.#reports.length;
  }

  /** When the oldest report was added. */
  get since(): number | null {
    return this.#reports[0]?.since ?? null;
  }

  /** True while a refused batch is being taken apart: then nothing may be claimed in the same call. */
  get isolating(): boolean {
    return this.#limit !== Number.POSITIVE_INFINITY;
  }

  add(report: Report, now: number): void {
    this.#reports.push({ report, since: now });
  }

  /** The next reports to send; they stay here until `confirm`. */
  take(): Report[] {
    this.#sent = Math.min(this.#reports.length, this.#limit);
    return this.#reports.slice(0, this.#sent).map(({ report }) => report);
  }

  /** The database has stored what `take` gave. */
  confirm(): void {
    this.#reports.splice(0, this.#sent);
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
    const [culprit] = this.#reports.splice(0, 1);
    this.#limit = 1;
    if (culprit === undefined || culprit.report.outcome !== "completed") return;
    const { id, token } = culprit.report;
    const error = `the result could not be stored: ${reason}`;
    this.#reports.unshift({
      report: { id, token, outcome: "failed", error, retryable: false },
      since: culprit.since,
    });
  }
}
