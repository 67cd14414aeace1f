import { type Html, html } from "./html.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long, in at most two units: "0.4 s", "12 s", "3 min", "2 h 5 min", "4 d 1 h". */
export function durationText(seconds: number): string {
  if (seconds < 0.95) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 2 * minute) return `${whole} s`;
  if (whole < 2 * hour) return `${Math.floor(whole / minute)} min`;
  if (whole < 2 * day) return twoUnits(whole, hour, "h", minute, "min");
  return twoUnits(whole, day, "d", hour, "h");
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** How far from now: "3 min ago", "in 2 h", "now". */
function relativeText(at: number, now: number): string {
  const distance = Math.round(Math.abs(at - now));
  if (distance < 1) return "now";
  return at < now ? `${durationText(distance)} ago` : `in ${durationText(distance)}`;
}

/** The time of day in UTC, with the date when it is another day than now. */
export function clockText(at: number, now: number): string {
  const date = new Date(at * 1000);
  const near = Math.abs(at - now) < 2 * minute;
  const time = date.toISOString().slice(11, near ? 19 : 16);
  if (date.toISOString().slice(0, 10) === new Date(now * 1000).toISOString().slice(0, 10)) return time;
  const format = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return `${format.format(date)} ${time}`;
}

/** A moment as people and programs read it. `at` and `now` are Unix times in seconds. */
export function time(at: number, now: number): Html {
  return html`<time datetime="${new Date(at * 1000).toISOString()}"><span>${relativeText(at, now)}</span> <small>${clockText(at, now)}</small></time>`;
}
