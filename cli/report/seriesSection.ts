/** What the page says of one application in one environment. */
import { html, type Markup } from "./html.ts";
import { type Measures, type Spread, spreadOf } from "./measures.ts";
import { durationsPlot, outcomesPlot, stepsPlot } from "./plots.ts";
import { MOST_ROWS, table } from "./table.ts";
import { counted, lasted, moment, percent, short, stepOf, UNKNOWN } from "./words.ts";

export const titleOf = ({ application, stack }: Pick<Measures, "application" | "stack">): string =>
  `${short(application)} in ${stack === undefined ? "an environment that is not known" : short(stack)}`;

export function seriesSection(measures: Measures, id: string): Markup {
  return html`<section class="series" aria-labelledby="${id}">
<h2 id="${id}">${titleOf(measures)}</h2>
<p class="soft">${counted(measures.deployments.length, "deployment")} from ${moment(measures.since)} until ${moment(measures.until)}.</p>
${numbers(measures)}
${plots(measures, id)}
${columnsTable(measures)}
${stepsTable(measures)}
${failuresTable(measures)}
${rollbacksTable(measures)}
${peopleTable(measures)}
<h3>Uptime</h3>
<p>Not known: nothing that was read has measured it.</p>
<h3>Restore drills</h3>
<p>Not known: nothing that was read has recorded one.</p>
</section>
`;
}

const of = (spread: Spread | undefined, noun: string, none: string): string =>
  spread === undefined ? none : `median of ${counted(spread.count, noun)}; longest ${lasted(spread.longest)}`;

function numbers(m: Measures): Markup {
  const all: [string, string, string][] = [
    [
      "Deployment frequency",
      m.perWeek === undefined ? UNKNOWN : `${m.perWeek.toFixed(1)} a week`,
      m.perWeek === undefined ? "less than a day is recorded" : "confirmed, without rollbacks",
    ],
    ["Lead time for changes", lasted(m.leadTime?.median), of(m.leadTime, "version", "no version's commit is known")],
    [
      "Change failure rate",
      percent(m.changeFailureRate),
      m.changes === 0
        ? "no change reached a host"
        : `${m.failedChanges} of ${counted(m.changes, "change")} reverted or rolled back`,
    ],
    ["Time to restore service", lasted(m.restore?.median), of(m.restore, "rollback", "no change was rolled back")],
    ["Success rate", percent(m.successRate), `${m.confirmed} confirmed, ${m.reverted} reverted, ${m.refused} refused`],
    ["Duration of a deployment", lasted(m.duration?.median), of(m.duration, "confirmed one", "no host recorded it")],
  ];
  return html`<dl class="measures">${all.map(
    ([name, value, more]) =>
      html`<div><dt>${name}</dt><dd><strong>${value}</strong><small>${more}</small></dd></div>\n`,
  )}</dl>`;
}

function plots(measures: Measures, id: string): Markup {
  const [durations, steps] = [durationsPlot(`${id}-durations`, measures), stepsPlot(`${id}-steps`, measures)];
  const key = ["confirmed", "reverted", "refused"].map(
    (outcome) => html`<span class="key ${outcome}"></span>${outcome}`,
  );
  const figure = (caption: string | Markup, plot: Markup | undefined): Markup | undefined =>
    plot && html`<figure><figcaption>${caption}</figcaption>${plot}</figure>\n`;
  return html`<div class="plots">
${figure(html`Deployments:${key}`, outcomesPlot(`${id}-outcomes`, measures))}
${figure("Duration of confirmed deployments: median, and up to the longest", durations)}
${figure("Median duration of each step", steps)}
</div>`;
}

/** Only those with a deployment: a column without one has nothing to tell. */
function columnsTable({ buckets }: Measures): Markup {
  const rows = buckets
    .filter(({ deployments }) => deployments.length > 0)
    .map(({ name, deployments }) => {
      const own = (outcome: string) => deployments.filter((one) => one.outcome === outcome);
      const duration = spreadOf(own("confirmed").map(({ seconds }) => seconds));
      return { name, counts: ["confirmed", "reverted", "refused"].map((one) => own(one).length), duration };
    });
  const count = (heading: string, i: number) =>
    ({ heading, kind: "number", cell: ({ counts }: (typeof rows)[number]) => counts[i] }) as const;
  return table(
    "Deployments over time",
    [
      { heading: "From (UTC)", cell: ({ name }) => name },
      count("Confirmed", 0),
      count("Reverted", 1),
      count("Refused", 2),
      { heading: "Median", kind: "number", cell: ({ duration }) => lasted(duration?.median) },
      { heading: "Longest", kind: "number", cell: ({ duration }) => lasted(duration?.longest) },
    ],
    rows,
  );
}

function stepsTable({ steps }: Measures): Markup {
  if (steps.length === 0) return html`<p>How long the steps took is not known: no host recorded it.</p>`;
  return table(
    "Steps of confirmed deployments",
    [
      { heading: "Step", cell: ({ name }) => short(name) },
      { heading: "Median", kind: "number", cell: ({ spread }) => lasted(spread.median) },
      { heading: "Longest", kind: "number", cell: ({ spread }) => lasted(spread.longest) },
      { heading: "Deployments", kind: "number", cell: ({ spread }) => spread.count },
    ],
    steps.slice(0, MOST_ROWS),
  );
}

function failuresTable({ failures }: Measures): Markup {
  if (failures.length === 0) return html`<p>No deployment was reverted or refused.</p>`;
  return table(
    "Reverted and refused deployments",
    [
      { heading: "When", cell: ({ time }) => moment(time) },
      { heading: "Version", cell: ({ version }) => short(version) },
      { heading: "Outcome", cell: ({ outcome }) => outcome },
      { heading: "Who", cell: ({ who }) => short(who) },
      { heading: "Step", cell: (one) => stepOf(one) ?? UNKNOWN },
      { heading: "Why", kind: "text", cell: ({ reason }) => short(reason) },
    ],
    failures,
  );
}

function rollbacksTable({ rollbacks }: Measures): Markup {
  if (rollbacks.length === 0) return html`<p>No confirmed deployment was rolled back.</p>`;
  return table(
    "Rollbacks",
    [
      { heading: "When", cell: ({ time }) => moment(time) },
      { heading: "From", cell: ({ before }) => short(before?.version) },
      { heading: "To", cell: ({ version }) => short(version) },
      { heading: "After", cell: ({ time, before }) => lasted(before && (time - before.time) / 1000) },
      { heading: "Who", cell: ({ who }) => short(who) },
    ],
    rollbacks,
  );
}

function peopleTable({ people }: Measures): Markup {
  const shown = people.slice(0, MOST_ROWS);
  return table(
    shown.length < people.length ? `Who deployed most (of ${people.length})` : "Who deployed",
    [
      { heading: "Who", cell: ({ who }) => short(who) },
      { heading: "Confirmed", kind: "number", cell: ({ confirmed }) => confirmed },
      { heading: "Otherwise", kind: "number", cell: ({ failed }) => failed },
    ],
    shown,
  );
}
