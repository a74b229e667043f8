/** Plots as SVG without scripts. Every number of theirs also stands in a table beside them. */
import { html, type Markup } from "./html.ts";
import { type Measures, spreadOf } from "./measures.ts";
import { lasted } from "./words.ts";

const WIDTH = 400;
const HEIGHT = 170;
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 8, 12, 32];
const INNER = HEIGHT - TOP - BOTTOM;
const OUTCOMES = ["confirmed", "reverted", "refused"] as const;

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** The next of 1, 2, 5, 10, 20, …, so that the axis has a round end. */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((end) => end >= most * (1 - 1e-9)) ?? 10 * power;
}

/** One column a bucket: what became of its deployments, stacked. */
export function outcomesPlot(id: string, { buckets }: Measures): Markup {
  const end = Math.max(2, roundUp(Math.max(1, ...buckets.map(({ deployments }) => deployments.length))));
  const { step, at } = columns(buckets.length);
  const bars = buckets.map(({ deployments }, i) => {
    let base = TOP + INNER;
    return OUTCOMES.map((outcome) => {
      const height = (deployments.filter((one) => one.outcome === outcome).length / end) * INNER;
      base -= height;
      if (height === 0) return undefined;
      return html`<rect class="${outcome}" x="${n(at(i) - step * 0.4)}" y="${n(base)}" width="${n(step * 0.8)}" height="${n(height)}"/>`;
    });
  });
  return frame(id, "Deployments by outcome", buckets, String(end), String(end / 2), bars);
}

/** Median and longest duration of confirmed deployments in each bucket: a mark, and a line up to the longest. */
export function durationsPlot(id: string, { buckets }: Measures): Markup | undefined {
  const spreads = buckets.map(({ deployments }) =>
    spreadOf(deployments.filter(({ outcome }) => outcome === "confirmed").map(({ seconds }) => seconds)),
  );
  const longest = Math.max(0, ...spreads.map((spread) => spread?.longest ?? 0));
  if (longest === 0) return undefined;
  const end = roundUp(longest);
  const { at } = columns(buckets.length);
  const y = (seconds: number): string => n(TOP + INNER * (1 - seconds / end));
  const marks = spreads.map((spread, i) =>
    spread === undefined
      ? undefined
      : html`<line class="range" x1="${n(at(i))}" x2="${n(at(i))}" y1="${y(spread.median)}" y2="${y(spread.longest)}"/><circle class="median" cx="${n(at(i))}" cy="${y(spread.median)}" r="3"/>`,
  );
  return frame(id, "Duration: median, and up to the longest", buckets, lasted(end), lasted(end / 2), marks);
}

function columns(count: number) {
  const step = (WIDTH - LEFT - RIGHT) / count;
  return { step, at: (i: number): number => LEFT + step * (i + 0.5) };
}

function frame(
  id: string,
  title: string,
  buckets: Measures["buckets"],
  top: string,
  middle: string,
  marks: (Markup | undefined | (Markup | undefined)[])[],
): Markup {
  const { at } = columns(buckets.length);
  const shown = [...new Set([0, Math.floor((buckets.length - 1) / 2), buckets.length - 1])];
  const labels = shown.map((i) => {
    const anchor = i === 0 && shown.length > 1 ? "start" : i > 0 && i === buckets.length - 1 ? "end" : "middle";
    const x = anchor === "start" ? LEFT : anchor === "end" ? WIDTH - RIGHT : at(i);
    return html`<text x="${n(x)}" y="${HEIGHT - 12}" text-anchor="${anchor}">${buckets[i]!.name}</text>`;
  });
  const lines = [
    [top, TOP],
    [middle, TOP + INNER / 2],
    ["0", TOP + INNER],
  ].map(
    ([label, y]) =>
      html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text x="${LEFT - 5}" y="${Number(y) + 4}" text-anchor="end">${label}</text>`,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}"><title id="${id}">${title}; the table below has its numbers</title>${lines}${marks}${labels}</svg>`;
}

/** One bar a step, as long as its median. */
export function stepsPlot(id: string, { steps }: Measures): Markup | undefined {
  const longest = steps[0]?.spread.median ?? 0;
  if (longest === 0) return undefined;
  const shown = steps.slice(0, 20);
  const row = 18;
  const bars = shown.map(({ name, spread }, i) => {
    const label = name.length > 14 ? `${name.slice(0, 13)}…` : name;
    return html`<text x="88" y="${i * row + 13}" text-anchor="end">${label}</text><rect class="step" x="94" y="${i * row + 3}" width="${n((spread.median / longest) * 230)}" height="12"/><text x="${n(100 + (spread.median / longest) * 230)}" y="${i * row + 13}">${lasted(spread.median)}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${shown.length * row + 4}" role="img" aria-labelledby="${id}"><title id="${id}">Median duration of each step; the table below has its numbers</title>${bars}</svg>`;
}
