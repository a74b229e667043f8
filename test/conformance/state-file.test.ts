import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStateFile } from "../../components/state/stateFile.ts";
import { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";

const PROGRAM = `import { ComponentResource, secret } from "@pulumi/pulumi";
new ComponentResource("test:index:Thing", "thing");
export const hidden = secret("a secret");
`;

let project: Project;
beforeAll(async () => {
  project = await Project.create({ name: "state-file", program: PROGRAM });
  expectOk(await project.up());
});
afterAll(() => project.dispose());

describe("the state in a file backend's folder", () => {
  it("is what `pulumi stack export` prints, secrets encrypted", async () => {
    const name = { project: "slipway", stack: project.stack };
    const state = readStateFile(name, project.folder, project.env.PULUMI_BACKEND_URL);
    expect(state).toEqual(JSON.parse(await project.export()));
    expect(JSON.stringify(state)).not.toContain("a secret");
  });
});
