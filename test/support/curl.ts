// Stands in for curl where a machine has none, as far as the README uses it: curl -s [-X method] [-H header]... [-d body] url
import { Command } from "commander";

new Command("curl")
  .argument("<url>")
  .option("-s, --silent")
  .option("-X, --request <method>")
  .option("-H, --header <header...>")
  .option("-d, --data <body>")
  .action(async (url: string, options: { request?: string; header?: string[]; data?: string }) => {
    const headers = (options.header ?? []).map((header) => header.split(/:\s*/, 2) as [string, string]);
    const method = options.request ?? (options.data === undefined ? "GET" : "POST");
    const response = await fetch(url, {
      method,
      headers,
      ...(options.data === undefined ? {} : { body: options.data }),
    });
    process.stdout.write(await response.text());
  })
  .parseAsync();
