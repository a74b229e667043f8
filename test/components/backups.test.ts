/** Where backups go reaches a host through stdin alone, and again only where it is not what the host has. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HostSeen } from "../../components/protocol/inspect.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import {
  answers,
  configure,
  failures,
  find,
  forget,
  isSecretInput,
  made,
  openText,
  plainOf,
  startEngine,
  waitUntilIdle,
} from "../support/engine.ts";

let seen: HostSeen | undefined;
vi.mock("../../components/state/stackExport.ts", () => ({
  stackExport: async () => ({ version: 3, deployment: { resources: [] } }),
}));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: () => pulumi.output(seen === undefined ? { error: new Error("no answer") } : { seen }),
}));
delete process.env.SSH_AUTH_SOCK;
const { deploy, defineApplication } = await import("../../components/index.ts");
vi.spyOn(pulumi.log, "warn").mockResolvedValue();

const host = { address: "192.0.2.1", privateKey: "planted-private-key", insecureIgnoreHostKey: true };
const S3 = {
  repository: "s3:https://s3.example.com/b",
  password: "planted-restic",
  environment: { AWS_SECRET_ACCESS_KEY: "planted-storage" },
  limitUpload: 512,
};
const SHOP = defineApplication({
  name: "shop",
  image: "ghcr.io/anna/shop",
  services: { web: { port: 8000, volumes: ["data:/data"] } },
  backups: { what: "sqlite", file: "/data/app.db", check: "select count(*) from notes", to: "s3" },
});

async function deployed(backups: object, spec = SHOP): Promise<string[]> {
  await startEngine("dev");
  forget();
  answers.getRegistryImage = getRegistryImage;
  const applications = { shop: { version: "1.4.0", hosts: ["web-1"] } };
  configure({ hosts: { "web-1": host }, applications, backups }, ["hosts", "backups"]);
  const found = await failures(0, async () => {
    await deploy([spec]);
    await waitUntilIdle();
  });
  return found.map(({ message }) => message);
}
const request = () => JSON.parse(/\n(\{"deployKeys".*\})\n/.exec(plainOf(find("web-1-host")).stdin)![1]!);
const token = (): string => /--token '([^']+)'/.exec(plainOf(find("web-1-host")).create)![1]!;

beforeEach(() => {
  seen = undefined;
});

describe("a host", () => {
  it("is told of the destinations that its applications name, and of no other", async () => {
    expect(await deployed({ s3: S3, nas: { repository: "/srv", password: "planted-other" } })).toEqual([]);
    expect(request().backups).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      host: "web-1",
      applications: ["shop"],
      destinations: [{ name: "s3", ...S3 }],
    });
  });

  it("gets them through stdin alone: nothing that is shown or kept openly has a word of what is secret", async () => {
    await deployed({ s3: S3 });
    expect(openText(made)).not.toContain("planted");
    expect(isSecretInput(find("web-1-host").inputs.stdin)).toBe(true);
    expect(isSecretInput(find("web-1-host").inputs.create)).toBe(false);
  });

  it("is told nothing where no application is backed up", async () => {
    const { backups: _, ...without } = SHOP;
    await deployed({ s3: S3 }, without);
    expect(request()).not.toHaveProperty("backups");
  });

  it("is prepared again where it has others, and not where it has these", async () => {
    await deployed({ s3: S3 });
    const [before, { fingerprint }] = [token(), request().backups];
    const has = (backups: string[]): HostSeen => ({
      host: { token: before, scripts: "", proxyRuns: true, watched: true, time: 1, deployKeys: [], backups },
      applications: {},
    });
    seen = has([`slipway/dev ${fingerprint}`, "slipway/prod 0123456789abcdef"]);
    await deployed({ s3: S3 });
    expect(token()).toBe(before);
    await deployed({ s3: { ...S3, password: "planted-new" } });
    expect(token()).not.toBe(before);
    seen = has([]);
    await deployed({ s3: S3 });
    expect(token()).not.toBe(before);
  });
});

it("a declaration that names no destination of the settings ends the plan before a host is sent anything", async () => {
  await expect(deployed({ nas: { repository: "/srv", password: "planted" } })).rejects.toThrow(
    'apps: shop.backups.to: "s3" is no destination; slipway:backups has "nas"',
  );
  expect(made.filter(({ type }) => type === "command:remote:Command")).toEqual([]);
});
