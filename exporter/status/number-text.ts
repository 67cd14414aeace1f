const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** A count with its thousands apart, or a small rate with two digits; a dash for what is not known. */
export function numberText(value: number | null): string {
  if (value === null) return "–";
  return (Math.abs(value) < 10 ? fine : whole).format(value);
}

/** "1 job", "1,200 jobs". */
export function countText(count: number | null, word: string): string {
  return `${numberText(count)} ${word}${count === 1 ? "" : "s"}`;
}
