import { ADDITIONS, editsFor, POLICIES } from "../edits.ts";
import type { Scene } from "../scene.ts";
import { readBack } from "./readBack.ts";
import { settled } from "./settled.ts";

/** Names of the resources that a preview which asks GitHub would change, as it prints them. */
async function shown({ project }: Scene): Promise<{ names: string[]; text: string }> {
  const { stdout, stderr } = await project.pulumi(["preview", "--refresh", "--stack", project.stack]);
  const found = stdout.matchAll(/^ *[~+-]+ +github:\S+ +(.+?) +(update|create|replace|delete)\b/gm);
  return { names: [...new Set(Array.from(found, ([, name]) => name!))], text: `${stdout}\n${stderr}` };
}

/** Changes and adds things by hand: a preview must show them, and an `up` must put them back. */
export async function drift(scene: Scene): Promise<void> {
  const { report } = scene;
  report.begin("4. What is changed by hand is shown, and put back");
  const edits = editsFor(scene);
  for (const { make } of [...edits, ...ADDITIONS]) await make(scene);
  const { names, text } = await shown(scene);
  for (const { what, resource } of edits) {
    const name = names.find((each) => each.endsWith(`-${resource}`));
    report.compare(
      what,
      `shown as …-${resource}`,
      name === undefined ? "not shown" : `shown as ${name}`,
      name !== undefined,
    );
  }
  for (const { what, name } of ADDITIONS)
    report.compare(`${what} is added`, "shown", text.includes(name) ? "shown" : "not shown", text.includes(name));
  const up = await scene.project.up(["--refresh"]);
  report.compare("pulumi up --refresh", "exit code 0", `exit code ${up.code}`, up.code === 0);
  if (up.code !== 0) report.say(`${up.stdout}\n${up.stderr}`);
  await gone(scene);
  // What removed it goes from the state with the next update, and does nothing then.
  await scene.project.up();
  await readBack(scene, "4a. Afterwards everything is as declared again");
  await settled(scene, "4b. and a preview shows no change");
}

/** What the declaration has not, and has for itself alone, is taken away. */
async function gone({ administrator, report, R }: Scene): Promise<void> {
  const found = await Promise.all(
    ["/actions/variables", "/hooks", "/keys", "/environments", POLICIES, "/rulesets", "/labels"].map((path) =>
      administrator.read(`${R}${path}`),
    ),
  );
  const left = ADDITIONS.filter(({ name }) => JSON.stringify(found).includes(name)).map(({ what }) => what);
  report.compare(
    "what was added",
    "removed",
    left.length === 0 ? "removed" : `left: ${left.join(", ")}`,
    left.length === 0,
  );
}
