import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import { getRegistryImage } from "../fixtures/registry.ts";
import { answers, configure, failures, forget, made, outputs, startEngine, waitUntilIdle } from "../support/engine.ts";
import { temporaryFolder } from "../support/folder.ts";

/** What each host is, by its address, as `uname -m` prints it there. */
const MACHINES: Record<string, string> = { "192.0.2.1": "x86_64", "192.0.2.2": "aarch64" };
const seenAt = (address: string) => ({
  host: { token: "", scripts: "", proxyRuns: false, time: 0, architecture: MACHINES[address] },
  applications: {},
});

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: ({ address }: { address: string }) => pulumi.output({ seen: seenAt(address) }),
}));
delete process.env.SSH_AUTH_SOCK;
await startEngine();
vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const { deploy, defineApplication } = await import("../../components/index.ts");

const context = temporaryFolder("platform");
writeFileSync(join(context, "Dockerfile"), "FROM scratch\n");
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";

beforeEach(() => {
  forget();
  answers.getRegistryImage = getRegistryImage;
  outputs["docker:index/image:Image"] = () => ({ repoDigest: `ghcr.io/anna/shop@sha256:${"a".repeat(64)}` });
});

/** Platforms that are built for, and what failed. */
async function built(hosts: string[], build?: { context: string; platform?: string }) {
  const application = { version: "1.4.0", hosts: hosts.map((_, index) => `host-${index + 1}`) };
  configure(
    {
      hosts: Object.fromEntries(
        hosts.map((address, index) => [`host-${index + 1}`, { address, privateKey: "key", hostKey: KEY }]),
      ),
      applications: { shop: application },
    },
    ["hosts"],
  );
  const services = { web: { port: 8000 } };
  const found = failures(0, async () => {
    await deploy([defineApplication({ name: "shop", image: "ghcr.io/anna/shop", services, ...(build && { build }) })]);
    await waitUntilIdle();
  });
  const said = (await found).map((error) => (error as Error).message);
  const images = made.filter(({ type }) => type === "docker:index/image:Image");
  return { platforms: images.map(({ inputs }) => inputs.build.platform), said };
}

it("an application that is only pulled runs on hosts of several kinds", async () =>
  expect(await built(["192.0.2.1", "192.0.2.2"])).toEqual({ platforms: [], said: [] }));

it("a build that names its platform is deployed to hosts of several kinds", async () =>
  expect(await built(["192.0.2.1", "192.0.2.2"], { context, platform: "linux/amd64" })).toEqual({
    platforms: ["linux/amd64"],
    said: [],
  }));

it("a build is for what its hosts are", async () =>
  expect(await built(["192.0.2.2"], { context })).toEqual({ platforms: ["linux/arm64"], said: [] }));
