/** What a public linter for Compose files finds in rendered releases, compared with what the rules of policies/ find. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { applicationFacts } from "../../components/deployment/judged.ts";
import { judge } from "../../components/policies/judge.ts";
import { RULES } from "../../components/policies/rules.ts";
import { renderRelease } from "../../components/release/render.ts";
import { reviewOf } from "../../components/release/review.ts";
import { planOf, stackOf } from "../fixtures/application.ts";
import { DECLARATIONS } from "../fixtures/declarations.ts";
import { names, type Rendered, rendered } from "../support/corpus.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder("compose-lint");
const SERIOUS = ["critical", "high"];

const report = z.object({
  findings: z.array(z.object({ file: z.string(), service: z.string(), rule_id: z.string(), severity: z.string() })),
});

/** Serious findings of the linter: by file, service and rule. */
function linted(files: string[]): [file: string, service: string, rule: string][] {
  const run = spawnSync("compose-lint", ["check", "--format", "json", ...files], { encoding: "utf8", maxBuffer: 1e8 });
  if (run.error) throw new Error(`${run.error.message}; script/bootstrap --tests installs it`);
  return report
    .parse(JSON.parse(run.stdout))
    .findings.filter(({ severity }) => SERIOUS.includes(severity))
    .map(({ file, service, rule_id }) => [file, service, rule_id]);
}

/** Services with the names of the linter's rules that ours stand for, as far as ours find something serious. */
function ours({ plan, stack, release }: Pick<Rendered, "plan" | "stack" | "release">): Set<string> {
  const facts = applicationFacts(plan, reviewOf(stack, release), {
    protected: false,
    exemptions: {},
  });
  return new Set(
    RULES.filter(({ severity }) => SERIOUS.includes(severity)).flatMap((rule) =>
      judge(rule, facts).findings.flatMap(({ place }) =>
        rule.known.map((name) => `${place.replace(/^.*\.services\./, "")} ${name.replace("compose-lint ", "")}`),
      ),
    ),
  );
}

const releases: Record<string, Pick<Rendered, "plan" | "stack" | "release">> = {
  ...Object.fromEntries(names.map((name) => [name, rendered(name)])),
  ...Object.fromEntries(
    Object.entries(DECLARATIONS).map(([name, [spec, given]]) => {
      const stack = stackOf(spec, given);
      return [`declared/${name}`, { plan: planOf(spec, given), stack, release: renderRelease(stack, spec.transform) }];
    }),
  ),
};

it("finds nothing serious in a rendered release that no rule finds", () => {
  const files = Object.entries(releases).map(([name, { release }]) => {
    const file = join(folder, name, "compose.yaml");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, release.files["compose.yaml"]);
    return [file, name] as const;
  });
  const names = Object.fromEntries(files);
  const found = linted(Object.keys(names));
  expect(found.length).toBeGreaterThan(30);
  const known = Object.fromEntries(Object.entries(releases).map(([name, one]) => [name, ours(one)]));
  const missed = found.filter(([file, service, rule]) => !known[names[file]!]!.has(`${service} ${rule}`));
  expect(missed).toEqual([]);
});
