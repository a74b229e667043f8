/** The report as one HTML page, which needs nothing beside itself. */
import { html } from "./html.ts";
import type { Measures } from "./measures.ts";
import { seriesSection, titleOf } from "./seriesSection.ts";
import { STYLE } from "./style.ts";
import { counted, moment } from "./words.ts";

export interface Report {
  /** When it was made: milliseconds since 1970. */
  made: number;
  /** Of those with a deployment in the period. */
  series: Measures[];
  /** What is missing in it, a sentence each. */
  missing: string[];
}

export function page({ made, series, missing }: Report): string {
  const total = series.reduce((sum, { deployments }) => sum + deployments.length, 0);
  const { text } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Deployments until ${moment(made)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Deployments</h1>
<p>${counted(total, "deployment")}, as the ledgers of the hosts tell. Made ${moment(made)}; all times are UTC.</p>
${missing.length > 0 ? html`<h2>What is missing</h2>\n<ul>${missing.map((one) => html`<li>${one}</li>\n`)}</ul>` : undefined}
${series.length > 1 ? html`<nav aria-label="Applications"><ul>${series.map((one, i) => html`<li><a href="#s${i + 1}">${titleOf(one)}</a></li>\n`)}</ul></nav>` : undefined}
</header>
<main>
${series.length === 0 ? html`<p>No deployment is recorded in this period.</p>` : series.map((one, i) => seriesSection(one, `s${i + 1}`))}
</main>
<footer>
<h2>What the numbers mean</h2>
<p>The first four are the measures of DORA (https://dora.dev/research/). A ledger does not tell what users noticed, nor of outages that no deployment began: a change counts as failed where a host reverted it or a rollback ended it, and service as restored when that rollback was confirmed.</p>
</footer>
</body>
</html>
`;
  return text;
}
