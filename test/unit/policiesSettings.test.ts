import { describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const UNTIL = { reason: "it is replaced", until: "2027-01-31" };
const problems = (policies: object): string[] =>
  check(
    {
      hosts: JSON.stringify({ "host-1": { address: "192.0.2.1", agent: true, insecureIgnoreHostKey: true } }),
      applications: JSON.stringify({ shop: { version: "1.4.0", hosts: ["host-1"] } }),
      policies: JSON.stringify(policies),
    },
    { folder: ".", readFile: () => "" },
  ).problems;

describe("an exemption in the settings", () => {
  const one = (exemption: object) => problems({ exemptions: [{ ...UNTIL, ...exemption }] });

  it.each([
    { rule: "privileged", application: "shop" },
    { rule: "host-key", host: "host-1" },
    { rule: "branch-unprotected", repository: "shop" },
    { rule: "privileged", application: "shop", until: "2028-02-29" },
    { rule: "privileged", application: "shop", until: "2027-01-31 00:00:00 +0000 UTC" },
  ])("is taken: %j", (exemption) => expect(one(exemption)).toEqual([]));

  it.each<[object, string]>([
    [
      { rule: "privileged", application: "shpo" },
      'slipway:policies.exemptions[0].application: "shpo" is not an application; did you mean "shop"?',
    ],
    [
      { rule: "host-key", host: "web-9" },
      'slipway:policies.exemptions[0].host: "web-9" is not a host; slipway:hosts has "host-1"',
    ],
    [
      { rule: "privileged", host: "host-1" },
      'slipway:policies.exemptions[0].host: "host-1" is for rules about hosts, and "privileged" is not; write application',
    ],
    [
      { rule: "host-key", application: "shop" },
      'slipway:policies.exemptions[0].application: "shop" is for rules about applications, and "host-key" is not; write host',
    ],
    [
      { rule: "host-key", repository: "shop" },
      'slipway:policies.exemptions[0].repository: "shop" is for rules about repositories and environments, and "host-key" is not; write host',
    ],
    [
      { rule: "privileged", application: "shop", until: "2027-02-29" },
      'slipway:policies.exemptions[0].until: "2027-02-29" is not a day; write one like "2027-01-31"',
    ],
    [
      { rule: "privileged", application: "shop", until: "2027-01-31T00:00:00Z" },
      'slipway:policies.exemptions[0].until: "2027-01-31T00:00:00Z" is not a day; write one like "2027-01-31"',
    ],
  ])("is refused: %j", (exemption, problem) => expect(one(exemption)).toEqual([problem]));
});

describe("an exemption in a declaration", () => {
  it("is refused where its rule is none", () =>
    expect(problemsOf({ ...SIMPLEST, exemptions: [{ rule: "privilged", ...UNTIL }] })).toEqual([
      'apps: shop.exemptions[0].rule: "privilged" is no rule; did you mean "privileged"?',
    ]));

  it("is refused where its rule is about something else", () => {
    const spec = { ...SIMPLEST, exemptions: [{ rule: "host-key", ...UNTIL }] };
    expect(problemsOf(spec)).toEqual([
      'apps: shop.exemptions[0].rule: "host-key" is no rule about applications; docs/policies.md has them',
    ]);
  });
});

describe("settings of the rule about signatures", () => {
  const signatures = (given: object) => problems({ rules: { "unsigned-image": given } });
  const place = "slipway:policies.rules.unsigned-image";
  const ASKS =
    'asks about no image; write the tool and its words, one of them with {image} in it, like ["cosign", "verify", "{image}"]';

  it("are taken", () =>
    expect(signatures({ repositories: ["ghcr.io/anna"], verify: ["cosign", "verify", "docker://{image}"] })).toEqual(
      [],
    ));

  it.each([[[]], [["cosign", "verify"]], [["{image}"]], [["", "{image}"]]])("are refused: verify %j", (verify) =>
    expect(signatures({ verify }).join("\n")).toContain(ASKS),
  );

  it("are refused where they name no registry, as no image would ever be asked about", () => {
    const found = signatures({ repositories: ["anna"] }).join("\n");
    expect(found).toContain(place);
    expect(found).toContain('names no registry; write its host first, like "ghcr.io/anna"');
  });
});
