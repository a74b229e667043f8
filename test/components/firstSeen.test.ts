/** What a plan says of a machine that is no host yet, and of what runs on a host without Slipway. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import type { Inspected } from "../../components/host/look.ts";
import type { Survey } from "../../components/host/survey.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import { answers, configure, failures, forget, made, startEngine, waitUntilIdle } from "../support/engine.ts";

let seen: Partial<Inspected>;

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: () =>
    pulumi.output({ seen: { host: { token: "", scripts: "", proxyRuns: true, time: 0 }, applications: {}, ...seen } }),
}));
delete process.env.SSH_AUTH_SOCK;
const { deploy, defineApplication } = await import("../../components/index.ts");
const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const SURVEY: Survey = {
  user: "deploy",
  sudo: true,
  apt: true,
  missing: ["jq"],
  docker: "none",
  compose: "none",
  group: true,
  daemon: false,
  folder: false,
  ports: [],
  projects: {},
  volumes: [],
};

beforeEach(() => {
  forget();
  info.mockClear();
  warn.mockClear();
  answers.getRegistryImage = getRegistryImage;
});

async function refusals(found: Partial<Inspected>, volumes: string[] = []): Promise<string[]> {
  await startEngine("dev");
  seen = found;
  configure(
    {
      hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
      applications: { shop: { version: "1.4.0", hosts: ["host-1"] } },
    },
    ["hosts"],
  );
  const errors = await failures(0, async () => {
    await deploy([
      defineApplication({
        name: "shop",
        image: "ghcr.io/anna/shop",
        services: { web: { port: 8000 }, store: { image: `redis:7@sha256:${"ab".repeat(32)}`, volumes } },
      }),
    ]);
    await waitUntilIdle();
  });
  return errors.map(({ message }) => message);
}

it("a first preparation is told step by step", async () => {
  expect(await refusals({ survey: SURVEY })).toEqual([]);
  const [said] = info.mock.calls.map(([text]) => text).filter((text) => text.includes("not prepared yet"));
  expect(said).toMatch(
    /^host-1 \(192\.0\.2\.1\) is not prepared yet; pulumi up will:\n {2}- install jq\n {2}- install Docker Engine/,
  );
});

it("a first preparation that would fail is refused with all its reasons, and nothing is sent to the machine", async () => {
  const [refused] = await refusals({ survey: { ...SURVEY, sudo: false, ports: [{ port: "80", by: "nginx" }] } });
  expect(refused).toMatch(
    /slipway:hosts\.host-1: .*nothing was changed on it:\n {2}- deploy may not use sudo.*\n {2}- port 80 is taken by nginx/,
  );
  expect(made.map(({ name }) => name)).not.toContain("host-1-host");
});

it("a Compose project of the application's name that Slipway did not make is told, with what happens to each container", async () => {
  const project = {
    folder: "/srv/shop",
    containers: ["web", "store", "adminer"].map((service) => ({ service, name: `shop-${service}-1`, volumes: [] })),
  };
  expect(await refusals({ projects: { shop: project, other: project } })).toEqual([]);
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    "shop on host-1: a Compose project of this name is here already, made without Slipway: pulumi up takes over shop-store-1; replaces, once the new version is verified, shop-web-1; then removes shop-adminer-1. Volumes of the same name are used as they are",
  ]);
});

it("a Compose project of another name is not spoken of", async () => {
  await refusals({
    projects: { other: { folder: "", containers: [{ service: "web", name: "other-web-1", volumes: [] }] } },
  });
  expect(warn).not.toHaveBeenCalled();
});

it("a folder whose files would stay here is told before the first deployment", async () => {
  expect(await refusals({}, ["./docs:/data"])).toEqual([]);
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(
      /^apps: shop\.services\.store\.volumes: "\.\/docs" has files here, .*\/opt\/shop\/docs on host-1/,
    ),
  ]);
});

it("a folder whose files stay here is not spoken of where nobody knows what was deployed before", async () => {
  const shop = { release: "0123456789ab", version: "1.4.0", token: "t", differences: [], underway: null, owner: "" };
  await refusals({ applications: { shop } }, ["./docs:/data"]);
  expect(warn.mock.calls.map(([text]) => text).join()).not.toContain("./docs");
});
