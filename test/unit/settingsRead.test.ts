import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, expectTypeOf, it, vi } from "vitest";
import { readSettings, type Settings, SettingsError } from "../../components/settings/index.ts";
import { tellAll } from "../../components/settings/runCommands.ts";
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
    const settings = await readSettings();
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

  it("throws one error with all problems, which the engine shows without a stack trace", async () => {
    configure(
      {
        hosts: { "web-1": { ...HOST, port: 0 } },
        secrets: { shop: { TOKEN: "planted" } },
        applications: { shop: { version: "1.4", hosts: ["web-1"] } },
      },
      ["secrets"],
    );
    try {
      await readSettings();
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

  it("takes what commands tell for the secrets that they stand for, and asks each of them once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-told-"));
    const told = { command: `echo asked >>${folder}/asked; printf 'a "b" ü\\n\\n'` };
    const written = {
      hosts: { "web-1": { ...HOST, privateKey: told } },
      registries: { "ghcr.io": { username: "me", password: told } },
      applications: { shop: { version: "1.4.0", hosts: ["web-1"] } },
      secrets: { shop: { TOKEN: told, OTHER: "t" } },
    };
    configure(written, []);
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const { hosts, registries, secrets } = await readSettings();
    const all = [hosts["web-1"]!.privateKey!, registries["ghcr.io"]!.password, secrets.shop!.TOKEN!];
    expect(
      await Promise.all(all.map((value) => (value as unknown as { promise(): Promise<string> }).promise())),
    ).toEqual(Array(3).fill('a "b" ü\n'));
    expect(await Promise.all(all.map(isSecret))).toEqual([true, true, true]);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe("asked\n");
    // Of those that are written in the file alone it is said that they are in plain text.
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^slipway:secrets\.shop\.OTHER is in plain text/),
    ]);
    warn.mockRestore();
  });

  it("names every secret whose command fails, with what it said, and never what it printed", async () => {
    const fails = (command: string) => ({ command });
    configure(
      {
        hosts: { "web-1": HOST },
        applications: { shop: { version: "1.4.0", hosts: ["web-1"] } },
        secrets: {
          shop: {
            A: fails("echo planted-token; echo '[31mnot signed in' >&2; exit 3"),
            B: fails("true"),
            C: fails("kill -9 $$"),
            D: fails("/does/not/exist planted-argument 2>/dev/null"),
          },
        },
      },
      [],
    );
    const error = await readSettings().catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as Error).message.split("\n")).toEqual([
      "4 problems in the settings (Pulumi.dev.yaml):",
      "  slipway:secrets.shop.A: its command ended with 3: [31mnot signed in",
      "  slipway:secrets.shop.B: its command printed nothing; run it by hand",
      "  slipway:secrets.shop.C: its command was ended by SIGKILL; run it by hand",
      "  slipway:secrets.shop.D: its command ended with 127; run it by hand",
    ]);
  });

  it("does not take a command where no secret may stand", async () => {
    configure({ hosts: { "web-1": { ...HOST, address: { command: "echo 10.0.0.1" } } } }, []);
    await expect(readSettings()).rejects.toThrow(/slipway:hosts\.web-1\.address: is a map; write text/);
  });
});

it("a command that does not end is ended with all that it started, and named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-told-"));
  const command = `sh -c 'echo $$ >${folder}/pid; sleep 60' & wait`;
  const { problems } = await tellAll([{ path: ["secrets", "shop", "TOKEN"], command }], 500);
  expect(problems).toEqual(["slipway:secrets.shop.TOKEN: its command did not end within 0.5 s; run it by hand"]);
  const started = Number(readFileSync(join(folder, "pid"), "utf8"));
  await expect
    .poll(
      () => existsSync(`/proc/${started}/exe`) && readFileSync(`/proc/${started}/stat`, "utf8").split(" ")[2] !== "Z",
    )
    .toBe(false);
});
