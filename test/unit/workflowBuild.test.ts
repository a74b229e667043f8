import { describe, expect, it } from "vitest";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";
import { PUBLIC, rendered, steps } from "../support/workflows.ts";

describe("what `deploy` calls", () => {
  it.each(Object.entries(PIPELINES))("gets the permissions that it asks for: %s", (_, { workflows }) => {
    for (const { uses, permissions } of Object.values(rendered(workflows, "deploy").jobs)) {
      const name = /(\w+)\.yml$/.exec(uses ?? "")?.[1];
      if (!name) continue;
      expect(rendered(workflows, name).on).toHaveProperty("workflow_call");
      const wanted = Object.assign({}, ...Object.values(rendered(workflows, name).jobs).map((job) => job.permissions));
      expect(permissions).toEqual(wanted);
    }
  });
});

describe("build", () => {
  const attest = (spec: Partial<WorkflowsSpec["build"] & object>) => {
    const { images } = rendered(
      { build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }], ...spec } },
      "build",
    ).jobs;
    return {
      step: steps(images).find(({ uses }) => uses?.startsWith("actions/attest@")),
      permissions: images.permissions,
    };
  };
  it("attests where GitHub keeps attestations: in public repositories, or where the declaration says so", () => {
    expect(attest({}).step.if).toBe(`\${{ ${PUBLIC} }}`);
    expect(attest({ attest: true }).step).not.toHaveProperty("if");
    expect(attest({}).permissions).toEqual({
      "artifact-metadata": "write",
      attestations: "write",
      contents: "read",
      "id-token": "write",
      packages: "write",
    });
    expect(attest({ attest: false })).toEqual({
      step: undefined,
      permissions: { contents: "read", packages: "write" },
    });
  });
  it("names the newest release `latest` with gitflow, whose main is not built", () => {
    const tags = (branches: "trunk" | "gitflow") =>
      steps(
        rendered({ branches, build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] } }, "build").jobs.images,
      ).find(({ id }) => id === "metadata").with.tags;
    expect(tags("trunk")).toContain("type=raw,value=latest,enable={{is_default_branch}}\n");
    expect(tags("gitflow")).toContain(
      "type=raw,value=latest,enable=${{ startsWith(github.ref, 'refs/tags/v') && !contains(github.ref_name, '-') }}\n",
    );
  });
  const login = (spec: WorkflowsSpec) =>
    steps(rendered(spec, "build").jobs.images).find(({ uses }) => uses?.startsWith("docker/login-action@"));
  it("leaves the tag of a commit where it is when the commit is released, as that image calls itself by another version", () => {
    const { tags } = steps(rendered(PIPELINES.pelico!.workflows, "build").jobs.images).find(
      ({ id }) => id === "metadata",
    ).with;
    expect(tags).toContain("type=sha,prefix=sha-,format=short,enable=${{ github.ref_type == 'branch' }}\n");
  });
  it("gives the digest of every image, each from the part of the matrix that built it", () => {
    // act keeps the outputs of one part alone, so that no run of it shows this.
    const { on, jobs } = rendered(PIPELINES.platform!.workflows, "build");
    const names = PIPELINES.platform!.workflows.build!.images.map(({ name }) => `digest-${name}`);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(on.workflow_call.outputs[name].value).toBe(`\${{ jobs.images.outputs.${name} }}`);
      expect(jobs.images.outputs[name]).toBe(`\${{ steps.digest.outputs.${name} }}`);
    }
  });
  const elsewhere: WorkflowsSpec = {
    build: { images: [{ name: "shop", image: "registry.example.org:5000/shop" }] },
    deploy: { application: "shop" },
  };
  it("logs in at GHCR with the job's own token, and needs no secret", () => {
    const { workflows } = PIPELINES.pelico!;
    expect(login(workflows).with).toEqual({
      registry: "ghcr.io",
      username: "${{ github.actor }}",
      password: "${{ github.token }}",
    });
    expect(rendered(workflows, "build").on.workflow_call.secrets).toBeUndefined();
  });
  it("logs in at another registry with a user and a password of the repository, which `deploy` hands on", () => {
    expect(login(elsewhere).with).toEqual({
      registry: "registry.example.org:5000",
      username: "${{ vars.REGISTRY_USERNAME }}",
      password: "${{ secrets.REGISTRY_PASSWORD }}",
    });
    expect(rendered(elsewhere, "build").on.workflow_call.secrets).toEqual({
      REGISTRY_PASSWORD: { description: "Password at registry.example.org:5000", required: true },
    });
    expect(rendered(elsewhere, "deploy").jobs.build.secrets).toEqual({
      REGISTRY_PASSWORD: "${{ secrets.REGISTRY_PASSWORD }}",
    });
  });
});
