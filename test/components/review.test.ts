import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DIGEST, planOf } from "../fixtures/application.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import { answers, configure, forget, made, openText, startEngine, waitUntilIdle } from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
process.env.SLIPWAY_LOOK = "off";
delete process.env.SSH_AUTH_SOCK;
await startEngine();
vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const { ComposeStack, deploy, defineApplication } = await import("../../components/index.ts");

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const PLANTED = 'planted/s3cret "x"';
const component = (): any => made.find(({ type }) => type === "slipway:stack:ComposeStack")!.inputs;

describe("the inputs of a Compose stack", () => {
  beforeAll(async () => {
    forget();
    answers.getRegistryImage = getRegistryImage;
    configure(
      {
        hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
        applications: { shop: { version: "1.4.0", hosts: ["host-1"], environment: { LEVEL: "info" } } },
        secrets: { shop: { TOKEN: PLANTED, DATABASE_PASSWORD: "planted-password" } },
      },
      ["hosts", "secrets"],
    );
    const copied = `https://user:${encodeURIComponent(PLANTED)}@example.com`;
    const web = {
      port: 8000,
      secretFiles: ["TOKEN"],
      environment: { COPIED: copied },
      command: ["serve", "--token", PLANTED],
      compose: { labels: { token: PLANTED, url: copied } },
    };
    await deploy([
      defineApplication({ name: "shop", image: "ghcr.io/anna/shop", services: { web }, database: "postgres:15" }),
    ]);
    await waitUntilIdle();
  });

  it("hold a review that everybody may read", () => {
    expect(component()).toMatchObject({ application: "shop", version: "1.4.0", hosts: ["host-1"] });
    expect(component().review.services.web).toMatchObject({
      image: expect.stringMatching(/^ghcr\.io\/anna\/shop@sha256:/),
      limits: { memory: "512m" },
      environment: { LEVEL: "info", DATABASE_PASSWORD: "secret", COPIED: expect.stringMatching(/^secret:/) },
    });
    expect(component().review.secrets).toMatchObject({ TOKEN: expect.stringMatching(/^secret:[0-9a-f]{4}$/) });
  });

  it("hold no secret, in whatever form it is given", () => {
    const text = openText(made.map(({ inputs }) => inputs));
    for (const form of ["planted", encodeURIComponent(PLANTED), Buffer.from(PLANTED).toString("base64").slice(0, 16)])
      expect(text).not.toContain(form);
  });
});

it("an application warns in the plan of a database for everybody, and of a port that is the proxy's", async () => {
  forget();
  answers.getRegistryImage = getRegistryImage;
  configure(
    {
      hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
      applications: { shop: { version: "1.4.0", hosts: ["host-1"] } },
    },
    ["hosts"],
  );
  const services = { web: { port: 8000, publish: ["443:8443"] }, db: { image: "kv:1", publish: ["5432:5432"] } };
  const { applications } = await deploy([defineApplication({ name: "shop", image: "ghcr.io/anna/shop", services })]);
  const said = vi.mocked(pulumi.log.warn).mock.calls.filter(([, at]) => at === applications.shop);
  expect(said.map(([text]) => text)).toEqual([
    expect.stringMatching(
      /^apps: shop\.services\.web\.publish: "443:8443" is port 443 of the host, .*; it is left out$/,
    ),
    expect.stringMatching(/^apps: shop\.services\.db\.publish: "5432:5432" opens PostgreSQL to everybody/),
  ]);
  await waitUntilIdle();
});

describe("at a preview that builds an image", () => {
  const later = (): pulumi.Output<string> =>
    new (pulumi.Output as any)(
      new Set(),
      Promise.resolve(undefined),
      Promise.resolve(false),
      Promise.resolve(false),
      Promise.resolve(new Set()),
    );

  it("the image and the digest of the file with it are known later, all else is there", async () => {
    forget();
    const services = { web: { port: 8000 }, edge: { image: "nginx:1" } };
    const plan = planOf({ name: "shop", image: "ghcr.io/anna/shop", services }, { secrets: { TOKEN: "" } });
    const images = Object.fromEntries(
      Object.entries(plan.images).map(([tag, { own, repository }]) => [tag, own ? later() : `${repository}@${DIGEST}`]),
    );
    new ComposeStack("shop", {
      ...{ plan, images, hosts: {}, registries: [], fresh: "token", protected: false },
      secrets: { TOKEN: pulumi.secret("planted-token") },
    });
    await waitUntilIdle();
    const { services: shown, files, secrets } = component().review;
    // The engine's mock gives undefined for what is known later.
    expect([shown.web.image, files["compose.yaml"]]).toEqual([undefined, undefined]);
    expect(shown.edge.image).toBe(`docker.io/library/nginx@${DIGEST}`);
    expect(shown.web.limits.memory).toBe("512m");
    expect(secrets.TOKEN).toMatch(/^secret:/);
  });
});
