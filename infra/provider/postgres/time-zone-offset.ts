/**
 * How far the clocks of a time zone are ahead of UTC at a time, both in milliseconds. Throws RangeError for a time zone
 * that is not in the IANA database.
 */
export function offsetOf(timeZone: string): (time: number) => number {
  if (/^(GMT|UTC)$/i.test(timeZone)) return () => 0;
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (time) => {
    const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(time));
    if (!match) return 0;
    const [, sign, hours, minutes, seconds = 0] = match;
    const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? -offset : offset;
  };
}
