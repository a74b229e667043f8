/** A host whose proxy proves its domains by DNS: the provider's token reaches it through stdin alone. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  configure,
  isSecretInput,
  type Made,
  made,
  openText,
  plainOf,
  startEngine,
  waitUntilIdle,
} from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({
  stackExport: async () => ({ version: 3, deployment: { resources: [] } }),
}));
process.env.SLIPWAY_LOOK = "off";
await startEngine();
vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const { deploy } = await import("../../components/index.ts");

const dns = {
  provider: "route53",
  token: "planted-dns-token",
  options: { region: "eu-central-1" },
  secretOptions: { secret_access_key: "planted-access-key" },
};
const host = {
  address: "192.0.2.1",
  privateKey: "planted-private-key",
  insecureIgnoreHostKey: true,
  proxy: { image: "ghcr.io/anna/caddy:2", dns },
};

describe("a host whose proxy uses DNS", () => {
  let command: Made;
  beforeAll(async () => {
    configure({ hosts: { "web-1": host } }, ["hosts"]);
    await deploy([]);
    await waitUntilIdle();
    command = made.find(({ name }) => name === "web-1-host")!;
  });

  it("shows none of its secrets, nor hides the command that prepares it", () => {
    expect(openText(made)).not.toContain("planted");
    expect(isSecretInput(command.inputs.stdin)).toBe(true);
    expect(isSecretInput(command.inputs.create)).toBe(false);
  });
  it("gets the secrets as files that the proxy's settings name, and the module that is needed", () => {
    const request = /\n(\{"deployKeys".*\})\n/.exec(plainOf(command).stdin)![1]!;
    const { secrets, files, proxy } = JSON.parse(request);
    expect(Object.values(secrets)).toEqual(["planted-dns-token", "planted-access-key"]);
    for (const name of Object.keys(secrets)) expect(files.Caddyfile).toContain(`{file./etc/caddy/dns/${name}}`);
    expect(files.Caddyfile).not.toContain("planted");
    expect(proxy.module).toBe("dns.providers.route53");
  });
});
