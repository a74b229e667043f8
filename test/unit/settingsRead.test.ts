import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { readSettings, type Settings, SettingsError } from "../../components/settings/index.ts";
import { configure, startEngine } from "../support/engine.ts";

const HOST = { address: "10.0.0.1", insecureIgnoreHostKey: true, privateKey: "key" };

beforeAll(() => startEngine("dev"));

async function isSecret(value: unknown): Promise<boolean> {
  return pulumi.Output.isInstance(value) && pulumi.isSecret(value);
}

describe("the type of settings, which tsc checks", () => {
  it("has the program's own type wherever the schema says that something is secret, and nowhere else", () => {
    type Read = Settings<symbol>;
    type Host = Read["hosts"][string];
    expectTypeOf<Host["privateKey"]>().toEqualTypeOf<symbol | undefined>();
    expectTypeOf<NonNullable<Host["bastion"]>["privateKeyPassword"]>().toEqualTypeOf<symbol | undefined>();
    expectTypeOf<Host["address"]>().toEqualTypeOf<string>();
    expectTypeOf<Host["hardening"]["sshPasswordLogin"]>().toEqualTypeOf<"off" | "keep">();
    expectTypeOf<Read["registries"][string]["password"]>().toEqualTypeOf<symbol>();
    expectTypeOf<Read["secrets"]>().toEqualTypeOf<Record<string, Record<string, symbol>>>();
    expectTypeOf<Read["github"]["keySeed"]>().toEqualTypeOf<symbol | undefined>();
    expectTypeOf<Read["repositories"][string]["secrets"]>().toEqualTypeOf<Record<string, symbol>>();
    expectTypeOf<Read["applications"][string]["environment"]>().toEqualTypeOf<Record<string, string>>();
  });

  it("has no settings that only lead to others", () => {
    expectTypeOf<Settings["hosts"][string]>().not.toHaveProperty("privateKeyFile");
    expectTypeOf<Settings["registries"][string]>().not.toHaveProperty("passwordFile");
    expectTypeOf<Settings["applications"][string]>().not.toHaveProperty("domain");
  });
});

describe("readSettings", () => {
  it("hands over every secret as a secret Output, and leaves the rest plain", async () => {
    configure(
      {
        hosts: { "web-1": { ...HOST, bastion: { ...HOST, privateKeyPassword: "p" } } },
        registries: { "ghcr.io": { username: "me", password: "p" } },
        applications: { shop: { version: "1.4.0", hosts: ["web-1"] } },
        secrets: { shop: { TOKEN: "t" } },
        protected: true,
        "aws:region": "eu",
      },
      ["hosts", "registries", "secrets"],
    );
    const settings = readSettings();
    const host = settings.hosts["web-1"]!;
    const secrets = [
      host.privateKey,
      host.bastion?.privateKey,
      host.bastion?.privateKeyPassword,
      settings.registries["ghcr.io"]?.password,
      settings.secrets.shop?.TOKEN,
    ];
    expect(await Promise.all(secrets.map(isSecret))).toEqual([true, true, true, true, true]);
    expect([host.address, settings.protected, settings.applications.shop?.version]).toEqual([
      "10.0.0.1",
      true,
      "1.4.0",
    ]);
  });

  it("throws one error with all problems, which the engine shows without a stack trace", () => {
    configure(
      {
        hosts: { "web-1": { ...HOST, port: 0 } },
        secrets: { shop: { TOKEN: "planted" } },
        applications: { shop: { version: "1.4", hosts: ["web-1"] } },
      },
      ["secrets"],
    );
    try {
      readSettings();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      expect(pulumi.RunError.isInstance(error)).toBe(true);
      expect((error as Error).message).toBe(
        [
          "2 problems in the settings (Pulumi.dev.yaml):",
          '  slipway:applications.shop.version: "1.4" is not a semantic version; write "1.4.0", or a tag like "sha-3f2c1ab"',
          "  slipway:hosts.web-1.port: 0 is not a port; write a number from 1 to 65535",
        ].join("\n"),
      );
    }
  });
});
