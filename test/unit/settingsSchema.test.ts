import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stackFileSchema } from "../../components/settings/jsonSchema.ts";

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(stackFileSchema());
const accepts = (yaml: string): boolean => validate(parse(yaml));

const ROOT = new URL("../../", import.meta.url);

const SAMPLE = `
encryptionsalt: v1:abc
config:
  aws:region: eu-central-1
  slipway:hosts:
    web-1: { address: 203.0.113.7, privateKey: { secure: v1:abc }, hostKey: ssh-ed25519 AAAA, bastion: { address: jump.example.org, insecureIgnoreHostKey: true } }
  slipway:registries:
    ghcr.io: { username: me, password: { secure: v1:abc } }
  slipway:applications:
    shop: { version: "1.4.0", hosts: [web-1], domain: [shop.example.org], observe: 15s }
  slipway:secrets:
    shop: { DATABASE_PASSWORD: { secure: v1:abc }, PLAIN: text }
  slipway:protected: true
`;

describe("docs/settings.schema.json", () => {
  it("is what the schema gives (node components/settings/writeSchema.ts)", () => {
    const committed = JSON.parse(readFileSync(new URL("../../docs/settings.schema.json", import.meta.url), "utf8"));
    expect(committed).toEqual(JSON.parse(JSON.stringify(stackFileSchema())));
  });

  it("takes a full sample with encrypted values", () => {
    accepts(SAMPLE);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(readdirSync(ROOT).filter((file) => /^Pulumi\..+\.yaml$/.test(file)))("takes %s", (file) => {
    accepts(readFileSync(new URL(file, ROOT), "utf8"));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ["an unknown setting", "config: { slipway:host: {} }"],
    ["an unknown key", "config: { slipway:hosts: { web-1: { address: a, adress: b } } }"],
    ["a name with a space", "config: { slipway:hosts: { web 1: { address: a } } }"],
    ["a version that is a number", "config: { slipway:applications: { shop: { version: 1.40, hosts: [web-1] } } }"],
    ["no hosts", "config: { slipway:applications: { shop: { version: 1.4.0, hosts: [] } } }"],
    [
      "an encrypted value that would be written in the open",
      "config: { slipway:applications: { shop: { version: 1.4.0, hosts: [a1], environment: { A: { secure: x } } } } }",
    ],
  ])("refuses %s", (_, yaml) => expect(accepts(yaml)).toBe(false));
});
