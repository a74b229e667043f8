import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStateFile } from "../../components/state/stateFile.ts";
import { temporaryFolder } from "../support/folder.ts";

const NAME = { project: "slipway", stack: "prod" };
const RESOURCES = [{ urn: "urn:pulumi:prod::slipway::pulumi:pulumi:Stack::slipway-prod", type: "pulumi:pulumi:Stack" }];
const STATE = { version: 3, deployment: { resources: RESOURCES } };
const KEPT = JSON.stringify({ version: 3, checkpoint: { stack: "prod", latest: { resources: RESOURCES } } });
const folders = temporaryFolder("states");

/** A program's folder with these files. */
function folder(files: Record<string, string>): string {
  const made = mkdtempSync(join(folders, "of-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), text);
  }
  return made;
}

const FILE = "state/.pulumi/stacks/slipway/prod.json";
const PROJECT = "name: slipway\nbackend:\n  url: file://state\n";

describe("the state of a backend in a folder", () => {
  it("is read where the project says", () =>
    expect(readStateFile(NAME, folder({ "Pulumi.yaml": PROJECT, [FILE]: KEPT }), "")).toEqual(STATE));

  it("is read where PULUMI_BACKEND_URL says, although the project says otherwise", () => {
    const made = folder({ "Pulumi.yaml": "backend: { url: s3://bucket }", [FILE]: KEPT });
    for (const url of ["file://state", "file://./state", `file://${made}/state`])
      expect(readStateFile(NAME, made, url), url).toEqual(STATE);
  });

  it.each(["s3://state", "https://api.pulumi.com", "file://~/state", "file://state?no_tmp_dir=true", "file://st%61te"])(
    "is left to the CLI with %s",
    (url) => expect(readStateFile(NAME, folder({ "Pulumi.yaml": PROJECT, [FILE]: KEPT }), url)).toBeUndefined(),
  );

  it.each<[string, Record<string, string>]>([
    ["the project names no backend", { "Pulumi.yaml": "name: slipway", [FILE]: KEPT }],
    ["there is no project", { [FILE]: KEPT }],
    ["there is no state", { "Pulumi.yaml": PROJECT }],
    ["there is a compressed state too", { "Pulumi.yaml": PROJECT, [FILE]: KEPT, [`${FILE}.gz`]: "" }],
    ["nothing is deployed", { "Pulumi.yaml": PROJECT, [FILE]: '{"version":3,"checkpoint":{"stack":"prod"}}' }],
    ["the version is a newer one", { "Pulumi.yaml": PROJECT, [FILE]: KEPT.replace("3", "4") }],
    ["it is cut off", { "Pulumi.yaml": PROJECT, [FILE]: KEPT.slice(0, -1) }],
  ])("is left to the CLI where %s", (_, files) => expect(readStateFile(NAME, folder(files), "")).toBeUndefined());
});
