/**
 * Runs cases by hand: `node test/exhaustive/main.ts --container NAME --images PROXY --images SHOP --images REDIS [--prepare]
 * [--case NAME]… [--scene S] [--act A] [--harm H] [--results FILE] [--known FILE]… [--sample N]`.
 * With --container on a container of one's own that has the images; else on host 1 of the sandbox. What --results or
 * --known have already is not run again, so two lanes may share the cases; --sample N is as many of each act, by chance.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { host } from "../support/ssh.ts";
import { ACTS, type Act, actsOf, type Case, casesOf, HARMS, nameOf, parseCase } from "./support/cases.ts";
import { Lane, type Result } from "./support/lane.ts";
import { container, sandboxHost } from "./support/place.ts";
import { prepare, putPrograms } from "./support/prepare.ts";
import { SCENES, type Scene } from "./support/scenes.ts";
import { table } from "./support/table.ts";

const { values } = parseArgs({
  options: {
    container: { type: "string" },
    images: { type: "string", multiple: true },
    prepare: { type: "boolean" },
    case: { type: "string", multiple: true },
    scene: { type: "string", multiple: true },
    act: { type: "string", multiple: true },
    harm: { type: "string", multiple: true },
    command: { type: "string", multiple: true },
    sample: { type: "string" },
    results: { type: "string" },
    known: { type: "string", multiple: true },
    verbose: { type: "boolean" },
    list: { type: "boolean" },
  },
});

/** Cases of one session on a host. */
const TOGETHER = 10;
const [proxy = "", shop = "", redis = ""] = values.images ?? [];
const place = values.container ? container(values.container, { proxy, shop, redis }) : await sandboxHost(host(1));
const scenes = (values.scene ?? SCENES) as Scene[];
const acts = (values.act ?? ACTS) as Act[];
const harms = values.harm ?? HARMS;
if (values.prepare) await prepare(place, SCENES);
else await putPrograms(place, SCENES);

type Told = Omit<Result, "seen"> & Partial<Pick<Result, "seen">>;
const read = (file: string): Told[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
const results: Told[] = values.results ? read(values.results) : [];
/** What other lanes have done meanwhile, too. */
const isKnown = (one: Case): boolean =>
  [...results, ...(values.known ?? []).flatMap(read)].some(({ name }) => name === nameOf(one));

function note(result: Result): void {
  const { seen, ...told } = result;
  const isOpen = result.outcome === "OPEN";
  results.push(told);
  const call = result.call ? `${result.call.program} ${result.call.words.slice(0, 90)}` : "";
  console.log(
    `${isOpen ? "OPEN" : "ok  "} ${result.seconds.toFixed(1).padStart(5)} s  ${result.name}  ${call}  → ${isOpen ? result.open.join("; ") : result.outcome}`,
  );
  if (values.verbose) console.log(JSON.stringify(seen, undefined, 2));
  // What was seen of a case that ended well is of no more use.
  if (values.results) appendFileSync(values.results, `${JSON.stringify(isOpen ? result : told)}\n`);
}

const chosen = (cases: readonly Case[], count: number): Case[] =>
  cases
    .filter((one) => !isKnown(one))
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ one }) => one);

async function runAll(lane: Lane, cases: readonly Case[]): Promise<void> {
  const all = values.sample ? chosen(cases, Number(values.sample)) : cases;
  for (let at = 0; at < all.length; at += TOGETHER) {
    const left = all.slice(at, at + TOGETHER).filter((one) => !isKnown(one));
    if (left.length > 0) for (const result of await lane.run(left)) note(result);
  }
}

async function runScene(scene: Scene): Promise<void> {
  const lane = new Lane(place, scene);
  if (values.case) {
    await runAll(
      lane,
      values.case.map(parseCase).filter((one) => one.scene === scene),
    );
    return;
  }
  for (const act of actsOf(scene).filter((one) => acts.includes(one))) {
    if (values.list) {
      const calls = await lane.calls(act);
      const { cases } = casesOf(scene, act, calls);
      for (const call of calls) {
        const name = nameOf({ scene, act, harm: "fail", ...call });
        const harms = cases.filter((one) => nameOf({ ...one, harm: "fail" }) === name).map(({ harm }) => harm);
        console.log(`${name.replace(/:fail$/, "")} [${harms.join(" ")}] ${call.files} ${call.words}`);
      }
      continue;
    }
    const cases = await lane.cases(act);
    await runAll(
      lane,
      cases.filter(({ harm, command }) => harms.includes(harm) && (values.command ?? [command]).includes(command)),
    );
  }
}

// One after the other, as the disk that some fill is all the same.
for (const scene of scenes) await runScene(scene);
console.log(table(results));
