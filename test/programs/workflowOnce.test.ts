/** A release that is the image of its commit: the script of the generated workflow, run by bash; the registry is played. */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Ran, useRunner } from "../support/runner.ts";
import { jobOf } from "../support/workflows.ts";

const runner = useRunner();

const IMAGE = "ghcr.io/anna/shop";
const DIGEST = `sha256:${"1".repeat(64)}`;
const job = jobOf(
  { build: { images: [{ name: "shop", image: IMAGE }], once: true }, deploy: { application: "shop" } },
  "build",
  "images",
);

/** @param until how often the image is asked for in vain */
function tagged(until: number): Ran & { digest: string | undefined } {
  const docker = join(runner.folder, "bin/docker");
  const asked = join(runner.folder, "asked");
  writeFileSync(asked, "");
  writeFileSync(
    docker,
    `#!/bin/bash
printf '%s\\n' "docker $*" >>"$CALLS"
[ "$3" = inspect ] || exit 0
echo x >>"${asked}"
[ "$(wc -l <"${asked}")" -gt ${until} ] || { echo "ERROR: $4: not found" >&2; exit 1; }
printf '{"schemaVersion":2,"digest":"${DIGEST}"}\\n'
`,
  );
  chmodSync(docker, 0o755);
  const step = job.steps.find(({ name }) => name === "Tag the image of the commit")!;
  const { if: _, ...always } = step;
  const ran = runner.run(
    { ...job, steps: [always] },
    { "matrix.image": IMAGE, "steps.metadata.outputs.tags": `${IMAGE}:v1.4.0\n${IMAGE}:latest` },
    {},
    { GITHUB_SHA: "3f2c1ab9".repeat(5) },
  );
  const output = existsSync(join(runner.folder, "output")) ? runner.read("output") : "";
  return { ...ran, digest: /^digest=(.*)$/m.exec(output)?.[1] };
}
const inspections = ({ calls }: Ran): string[] => calls.filter((line) => line.includes(" inspect "));

it("gets the version's tags, by the digest that was deployed before", () => {
  const ran = tagged(0);
  expect([ran.code, ran.says, ran.digest]).toEqual([0, "", DIGEST]);
  expect(inspections(ran)).toEqual([
    `docker buildx imagetools inspect ${IMAGE}:sha-3f2c1ab --format {{json .Manifest}}`,
  ]);
  expect(ran.calls.at(-1)).toBe(
    `docker buildx imagetools create --prefer-index=false --tag ${IMAGE}:v1.4.0 --tag ${IMAGE}:latest ${IMAGE}@${DIGEST}`,
  );
});

it("waits for a build that goes on", () => {
  const ran = tagged(3);
  expect([ran.code, ran.digest, inspections(ran).length]).toEqual([0, DIGEST, 4]);
});

it("is refused where its commit has no image", () => {
  const ran = tagged(999);
  expect(ran).toMatchObject({
    code: 1,
    says: `::error::There is no image ${IMAGE}:sha-3f2c1ab (ERROR: ${IMAGE}:sha-3f2c1ab: not found): the build of this commit failed, or it was not built on a branch. Let it be built, then run this job again.\n`,
    digest: undefined,
  });
  expect(ran.calls.filter((line) => line.includes(" create "))).toEqual([]);
});
