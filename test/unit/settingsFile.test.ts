/** What a deployment writes into the text of a stack's settings. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { valuesIn, withValues } from "../../cli/deploy/settingsFile.ts";

const FILE = "Pulumi.prod.yaml";
const DIGEST = `sha256:${"a".repeat(64)}`;
const BLOCK = `# What people rely on
config:
  slipway:protected: true   # ask before you change it
  slipway:applications:
    blog: { version: 2.0.0, hosts: [web-1] }

    shop:
      # the next one is 1.1.0
      version: 1.0.0  # since May
      hosts:
        - web-1

encryptionsalt: v1:abc=
`;
const set = (text: string, values: Parameters<typeof withValues>[3], application = "shop"): string =>
  withValues(text, FILE, application, values);
const flow = (shop: string): string => `config: { "slipway:applications": { shop: ${shop} } }\n`;
const block = (...lines: string[]): string =>
  `config:\n  "slipway:applications":\n    'shop':\n${lines.map((line) => `      ${line}\n`).join("")}`;

describe("a version in a block", () => {
  it("is exchanged, and every other character stays", () => {
    expect(set(BLOCK, { version: "1.1.0" })).toBe(BLOCK.replace("version: 1.0.0  # since", "version: 1.1.0  # since"));
  });
  it("of another application on one line, too", () => {
    expect(set(BLOCK, { version: "2.1.0" }, "blog")).toBe(BLOCK.replace("2.0.0", "2.1.0"));
  });
  it("is added before what is there", () => {
    expect(set(block("hosts: [web-1]"), { version: "1.1.0" })).toBe(block("version: 1.1.0", "hosts: [web-1]"));
  });
  it("that is empty gets its value", () => {
    expect(set(block("version:", "hosts: [web-1]"), { version: "1.1.0" })).toBe(
      block("version: 1.1.0", "hosts: [web-1]"),
    );
  });
  it("that is the same changes nothing", () => {
    expect(set(BLOCK, { version: "1.0.0" })).toBe(BLOCK);
  });
  it("keeps the ends of lines", () => {
    const text = block("version: 1.0.0", "hosts: [web-1]").replaceAll("\n", "\r\n");
    expect(set(text, { digest: DIGEST })).toBe(
      block("version: 1.0.0", `digest: ${DIGEST}`, "hosts: [web-1]").replaceAll("\n", "\r\n"),
    );
  });
  it("at the end of a file without a last line break gets its digest below", () => {
    const text = block("hosts: [web-1]", "version: 1.0.0").trimEnd();
    expect(set(text, { digest: DIGEST })).toBe(`${text}\n      digest: ${DIGEST}`);
  });
  it("written over several lines becomes one", () => {
    expect(set(block("version: >-", "  1.0.0", "hosts: [web-1]"), { version: "1.1.0" })).toBe(
      block("version: 1.1.0", "hosts: [web-1]"),
    );
  });
});

describe("a version in braces", () => {
  it.each([
    ["{ version: 1.0.0, hosts: [web-1] }", "{ version: 1.1.0, hosts: [web-1] }"],
    ["{version: '1.0.0', hosts: [web-1]}", "{version: '1.1.0', hosts: [web-1]}"],
    ['{"version":"1.0.0","hosts":["web-1"]}', '{"version":"1.1.0","hosts":["web-1"]}'],
    ["{ hosts: [web-1] }", "{ version: 1.1.0, hosts: [web-1] }"],
    ["{}", "{ version: 1.1.0 }"],
  ])("%s becomes %s", (before, after) => {
    expect(set(flow(before), { version: "1.1.0" })).toBe(flow(after));
  });
});

describe("a digest", () => {
  it.each([
    ["{ version: 1.0.0, hosts: [web-1] }", `{ version: 1.0.0, digest: ${DIGEST}, hosts: [web-1] }`],
    ["{ hosts: [web-1], version: 1.0.0 }", `{ hosts: [web-1], version: 1.0.0, digest: ${DIGEST} }`],
  ])("in %s comes and goes without a trace", (bare, pinned) => {
    expect(set(flow(bare), { digest: DIGEST })).toBe(flow(pinned));
    expect(set(flow(pinned), { digest: undefined })).toBe(flow(bare));
  });
  it("that stands first goes with its comma", () => {
    expect(set(flow(`{ digest: ${DIGEST}, version: 1.0.0 }`), { digest: undefined })).toBe(flow("{ version: 1.0.0 }"));
  });
  it("in a block comes and goes with its line", () => {
    const pinned = set(BLOCK, { digest: DIGEST });
    expect(pinned).toBe(BLOCK.replace("# since May\n", `# since May\n      digest: ${DIGEST}\n`));
    expect(set(pinned, { digest: undefined })).toBe(BLOCK);
  });
});

describe("text that another YAML would take for a number", () => {
  it.each(["20260131", "1_000", "0x1f", "1e3", "yes", "2026-01-31"])("%s stands in quotes", (version) => {
    const text = set(BLOCK, { version });
    expect(text).toContain(`version: "${version}"  # since May`);
    expect(valuesIn(text, FILE, "shop")).toEqual({ version });
  });
});

describe("several values", () => {
  it("are set at once, and told as they stand", () => {
    const values = { version: "1.1.0", digest: DIGEST, allowDowngrade: true, outsideWindow: 'no "orders": #1' };
    const text = set(BLOCK, values);
    expect(valuesIn(text, FILE, "shop")).toEqual(values);
    expect(parse(text).config["slipway:applications"].blog).toEqual({ version: "2.0.0", hosts: ["web-1"] });
  });
});

describe("what cannot be changed alone is refused", () => {
  it("a version that others have by its anchor", () => {
    const text =
      "config:\n  slipway:applications:\n    shop: { version: &v 1.0.0, hosts: [a] }\n    blog: { version: *v, hosts: [a] }\n";
    expect(() => set(text, { version: "1.1.0" })).toThrow(
      /^slipway:applications\.shop\.version in Pulumi\.prod\.yaml cannot be changed alone, .*by hand/,
    );
    // The one that only refers to it can have its own.
    expect(set(text, { version: "1.1.0" }, "blog")).toBe(text.replace("*v", "1.1.0"));
  });
  it("a digest that comes by <<", () => {
    const text = `base: &base { digest: ${DIGEST} }\nconfig:\n  slipway:applications:\n    shop:\n      <<: *base\n      hosts: [a]\n`;
    expect(() => set(text, { digest: undefined })).toThrow(/cannot be changed alone/);
    expect(valuesIn(set(text, { version: "1.1.0" }), FILE, "shop")).toEqual({ version: "1.1.0", digest: DIGEST });
  });
  it.each([
    ["config: {}", /^slipway:applications in Pulumi\.prod\.yaml is not there; write it, like shop: \{/],
    ["config: { 'slipway:applications': { blog: {} } }", /^slipway:applications\.shop in .* is not there; write it/],
    ["config: { 'slipway:applications': '{}' }", /^slipway:applications in .* is no map; write it as one/],
    ["a: &a { hosts: [b] }\nconfig: { 'slipway:applications': { shop: *a } }", /is an alias for something else; write/],
    ["config: [", /^Pulumi\.prod\.yaml is not YAML \(\w+\); correct it$/],
  ])("%s", (text, message) => {
    expect(() => set(text, { version: "1.1.0" })).toThrow(message);
    expect(() => valuesIn(text, FILE, "shop")).toThrow(message);
  });
});
