/** `slipway post-mortem`: what the ledgers know of one deployment, and the sections that people fill in. */
import { type Deployment, type Series, seriesOf } from "./deployments.ts";
import type { Entry } from "./entry.ts";
import { visible } from "./html.ts";
import { titleOf } from "./seriesSection.ts";
import { lasted, moment, short, stepOf, UNKNOWN } from "./words.ts";

/** The most lines of a timeline after the deployment itself. */
const MOST_AFTER = 20;

/**
 * @param named its release, its version, or the beginning of its time, like 2026-11-28T02:21
 * @throws Error where that names none, or several
 */
export function postMortem(entries: Entry[], named: string, application?: string): string {
  const found = seriesOf(entries)
    .filter((series) => application === undefined || series.application === application)
    .flatMap((series) => series.deployments.filter((one) => isNamed(one, named)).map((one) => ({ series, one })));
  const [only, ...others] = found;
  if (only === undefined)
    throw new Error(
      `${JSON.stringify(named)} is no deployment of the ledgers; name its release, its version, or the beginning of its time, like 2026-11-28T02:21`,
    );
  if (others.length > 0)
    throw new Error(
      `${JSON.stringify(named)} are ${found.length} deployments; name one by its time${application === undefined ? " and --application" : ""}:\n${found
        .slice(-10)
        .map(
          ({ series, one }) =>
            `  ${one.entries[0]!.time} ${short(series.application)} ${short(one.version)} ${one.outcome}`,
        )
        .join("\n")}`,
    );
  return documentOf(only.series, only.one);
}

/** Three characters would name too many. */
const isNamed = ({ entries, version, release }: Deployment, named: string): boolean =>
  version === named || release === named || (named.length >= 10 && entries.some(({ time }) => time.startsWith(named)));

function documentOf(series: Series, one: Deployment): string {
  const end = series.deployments.find(({ time, outcome }) => time > one.time && outcome === "confirmed");
  const facts: [string, string][] = [
    ["Deployed", inline(what(one))],
    ["By", inline(one.who)],
    ["Ended", `${moment(one.time)}, ${one.outcome}`],
    ["Hosts", one.entries.map(({ host, result }) => `${inline(host)}: ${inline(result)}`).join(", ")],
    ["Steps took", one.seconds === undefined ? UNKNOWN : lasted(one.seconds)],
    ["Failed in step", one.outcome === "confirmed" ? "none" : (stepOf(one) ?? UNKNOWN)],
    ["Served before", one.before === undefined ? UNKNOWN : inline(what(one.before))],
    ["Served afterwards", inline(after(one))],
    ["Next confirmed", end === undefined ? "none is recorded" : `${inline(what(end))}, ${moment(end.time)}`],
    ["Until then", end === undefined ? UNKNOWN : lasted((end.time - one.time) / 1000)],
  ];
  return `# Post-mortem: ${inline(titleOf(series))}, ${moment(one.time)}

> What people are to fill in is in _(brackets)_. All times are UTC, by the clocks of the hosts.

|  |  |
| --- | --- |
${facts.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}

## Summary

_(What happened, in two sentences.)_

## Impact

_(Who noticed it, and how. The ledgers do not know.)_

## Why, as the hosts say

${reasons(one)}
## Timeline

${timeline(series, one).join("\n")}

## Root causes

_(Why could it happen? Of systems, not of persons.)_

## What went well

_(…)_

## What went badly

_(…)_

## What is to be done

| what | who | until |
| --- | --- | --- |
| _(…)_ | _(…)_ | _(…)_ |
`;
}

const what = ({ version, release }: Deployment): string =>
  `${version ?? "a version that is not known"} (release ${release ?? UNKNOWN})`;

/** A host that goes back writes its line once it has read that the release of before serves. */
function after(one: Deployment): string | undefined {
  if (one.outcome === "confirmed") return what(one);
  if (one.outcome === "unknown" || one.before === undefined) return undefined;
  const confirmed = one.entries.filter(({ result }) => result === "confirmed").map(({ host }) => host);
  const also = confirmed.length > 0 ? `, but ${what(one)} on ${confirmed.join(", ")}` : "";
  return `${what(one.before)}${also}`;
}

function reasons({ entries }: Deployment): string {
  const said = entries.filter(({ reason }) => reason !== undefined);
  if (said.length === 0) return "No host recorded a reason.\n";
  return said.map(({ host, reason }) => `${inline(host)}:\n\n${fenced(reason!)}\n`).join("\n");
}

function timeline({ deployments }: Series, one: Deployment): string[] {
  const at = deployments.indexOf(one);
  const begin = one.before === undefined ? at : Math.max(deployments.indexOf(one.before), at - MOST_AFTER);
  const next = deployments.findIndex(({ outcome }, i) => i > at && outcome === "confirmed");
  const end = Math.min(next === -1 ? deployments.length - 1 : next, at + MOST_AFTER);
  return deployments
    .slice(begin, end + 1)
    .flatMap((each) => each.entries.map((entry) => ({ entry, isIt: each === one })))
    .map(({ entry: { time, host, version, result, who }, isIt }) => {
      const line = `${time.replace("T", " ").replace("Z", "")} ${inline(host)}: ${inline(version)} ${inline(result)}, by ${inline(who)}`;
      return `- ${isIt ? `**${line}**` : line}`;
    });
}

/** One line in which nothing is Markdown or HTML. */
const inline = (text: string | undefined): string =>
  short(text)
    .replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character]!)
    .replace(/[\\`*_{}[\]#|!~]/g, "\\$&")
    // What GitHub makes a mention or a link of.
    .replace(/@(?=\w)/g, "@&#8203;")
    .replace(/:\/\//g, ":&#8203;//");

/** A fence is longer than any within. */
function fenced(text: string): string {
  const lines = text.split("\n").map(visible).join("\n");
  const longest = Math.max(2, ...Array.from(lines.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${lines}\n${fence}`;
}
