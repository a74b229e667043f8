/**
 * Runs cases by hand: `node test/exhaustive/main.ts --container NAME [--prepare] [--case NAME]… [--scene S] [--act A] [--harm H] [--every N] [--from N]`.
 * With --container on a container of one's own that has the images; else on host 1 of the sandbox.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { host } from "../support/ssh.ts";
import { ACTS, type Act, casesOf, HARMS, nameOf, parseCase } from "./support/cases.ts";
import { Lane, type Result } from "./support/lane.ts";
import { container, put, sandboxHost } from "./support/place.ts";
import { prepare } from "./support/prepare.ts";
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
    every: { type: "string" },
    from: { type: "string" },
    results: { type: "string" },
    verbose: { type: "boolean" },
    list: { type: "boolean" },
  },
});

const [proxy = "", shop = "", redis = ""] = values.images ?? [];
const place = values.container ? container(values.container, { proxy, shop, redis }) : await sandboxHost(host(1));
const scenes = (values.scene ?? SCENES) as Scene[];
const acts = (values.act ?? ACTS) as Act[];
const harms = values.harm ?? HARMS;
if (values.prepare) await prepare(place, SCENES);
else await put(place, "/var/tmp/exhaustive/onHost.sh", readFileSync(join(import.meta.dirname, "support/onHost.sh")));

const results: Result[] = [];
function note(result: Result): void {
  results.push(result);
  const call = result.call ? `${result.call.program} ${result.call.words.slice(0, 90)}` : "";
  console.log(
    `${result.outcome === "OPEN" ? "OPEN" : "ok  "} ${result.seconds.toFixed(1).padStart(5)} s  ${result.name}  ${call}  → ${result.outcome === "OPEN" ? result.open.join("; ") : result.outcome}`,
  );
  if (values.verbose) console.log(JSON.stringify(result.seen, undefined, 2));
  if (values.results) appendFileSync(values.results, `${JSON.stringify(result)}\n`);
}

async function lane(scene: Scene): Promise<void> {
  const at = new Lane(place, scene);
  for (const one of (values.case ?? []).map(parseCase)) if (one.scene === scene) note(await at.run(one));
  if (values.case) return;
  for (const act of acts) {
    const calls = await at.calls(act);
    const cases = casesOf(scene, act, calls).filter(
      ({ harm, command }) => harms.includes(harm) && (values.command ?? [command]).includes(command),
    );
    console.log(`${scene} ${act}: ${calls.length} calls, ${cases.length} cases`);
    if (values.list) {
      for (const call of calls) console.log(`${call.command}-${call.number} ${call.program} ${call.words}`);
      continue;
    }
    for (const [index, one] of cases.entries())
      if (index >= Number(values.from ?? 0) && index % Number(values.every ?? 1) === 0)
        try {
          note(await at.run(one));
        } catch (error) {
          console.log(`OPEN ${nameOf(one)} ${(error as Error).message.slice(0, 2000)}`);
          return;
        }
  }
}

// One after the other, as the disk that some fill is all the same.
for (const scene of scenes) await lane(scene);
console.log(table(results));
