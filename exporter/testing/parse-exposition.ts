/** The series of an exposition without the label `environment`, as `name{label="value"}`, and their values. */
export function parseExposition(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      const series = line.slice(0, space).replace(/,?environment="[^"]*"/, "");
      return [series.replace("{}", ""), Number(line.slice(space + 1))];
    }),
  );
}
