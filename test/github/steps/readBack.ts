import { differences } from "../compare.ts";
import { expectations, RULESETS } from "../expected.ts";
import type { Scene } from "../scene.ts";

/** Reads back what was declared, a row for each part. */
export async function readBack(scene: Scene, title = "2. GitHub has every declared field"): Promise<void> {
  const { report, administrator, R } = scene;
  report.begin(title);
  for (const { what, path, value, pick = (body: any) => body } of expectations(scene)) {
    const { status, body, said } = await administrator.ask("GET", `${R}${path}`);
    const unlike = status === 200 ? differences(value, pick(body)) : [`GitHub answers ${said}`];
    report.compare(what, "as declared", unlike.length === 0 ? "as declared" : unlike.join("; "), unlike.length === 0);
  }
  await rulesets(scene);
  const alerts = await administrator.ask("GET", `${R}/vulnerability-alerts`);
  report.compare("Dependabot's alerts", "204", alerts.said, alerts.status === 204);
}

async function rulesets({ report, administrator, R }: Scene): Promise<void> {
  const list: any[] = await administrator.read(`${R}/rulesets`);
  for (const [name, declared] of Object.entries(RULESETS)) {
    const found = list.find((each) => each.name === name);
    if (!found) {
      report.row(`the ruleset "${name}"`, "fail", "there is none");
      continue;
    }
    const { rules, ...rest } = await administrator.read(`${R}/rulesets/${found.id}`);
    const { rules: wanted, ...other } = declared as { rules: string[] };
    const types: string[] = rules.map(({ type }: { type: string }) => type);
    const missing = wanted.filter((type) => !types.includes(type)).map((type) => `it has no rule ${type}`);
    const unlike = [...missing, ...differences(other, rest)];
    report.compare(
      `the ruleset "${name}"`,
      "as declared",
      unlike.length === 0 ? `as declared, with ${types.sort().join(", ")}` : unlike.join("; "),
      unlike.length === 0,
    );
  }
}
