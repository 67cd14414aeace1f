import { z } from "zod";

/** How long, as Prometheus and Alertmanager write it. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

export const duration = z.templateLiteral([z.int().min(0), z.enum(["s", "m", "h", "d"])], {
  error: 'is no duration; write a whole number and a unit, e.g. "30s", "5m" or "4h"',
});
