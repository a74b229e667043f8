import { describe, expect, it } from "vitest";
import { clashes } from "../../components/application/domains.ts";
import { check } from "../../components/settings/check.ts";
import { domainClashes, domainProblem, parseDomain } from "../../components/shared/domains.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const URL_WITH_PATH = 'is a URL with a path; write "shop.example.org", or "http://shop.home" for one without TLS';
const NO_DOMAIN =
  'is not a domain; write it in lowercase ASCII letters, like "shop.example.org" (punycode for others: "xn--…")';

/** What is wrong with an application's domain in the settings of an environment. */
const inSettings = (domain: unknown): string[] =>
  check(
    {
      hosts: JSON.stringify({
        "web-1": { address: "10.0.0.1", user: "anna", agent: true, insecureIgnoreHostKey: true },
      }),
      applications: JSON.stringify({ shop: { version: "1.4.0", hosts: ["web-1"], domain } }),
    },
    { folder: "/project", readFile: () => "" },
  ).problems;

describe("a domain", () => {
  it.each([
    ["shop.example.com", { host: "shop.example.com", scheme: "https" }],
    ["https://shop.example.com", { host: "shop.example.com", scheme: "https" }],
    ["http://shop.home", { host: "shop.home", scheme: "http" }],
  ])("%s is parsed", (written, parsed) => expect(parseDomain(written)).toEqual(parsed));

  it.each<[string, string | undefined]>([
    ["shop.example.com", undefined],
    ["*.example.com", undefined],
    ["http://*.shop.home", undefined],
    ["localhost", undefined],
    ["10.0.0.1", undefined],
    ["xn--mnchen-3ya.de", undefined],
    ["a.*.example.com", NO_DOMAIN],
    ["*", NO_DOMAIN],
    ["münchen.de", NO_DOMAIN],
    ["Shop.example.com", NO_DOMAIN],
    ["a b", NO_DOMAIN],
    ["a.home {\n}", NO_DOMAIN],
    ["", NO_DOMAIN],
    ["::1", NO_DOMAIN],
    [`${"a".repeat(64)}.org`, NO_DOMAIN],
    ["https://shop.example.com/x", URL_WITH_PATH],
    ["shop.example.com/", URL_WITH_PATH],
    ["ftp://shop.example.com", URL_WITH_PATH],
  ])("%j is judged alike in a declaration and in settings", (written, problem) => {
    const lines = problem === undefined ? [] : [`${JSON.stringify(written).replace("ü", "\\u00fc")} ${problem}`];
    expect(domainProblem(written)).toBe(problem);
    expect(problemsOf({ ...SIMPLEST, domain: written })).toEqual(lines.map((line) => `apps: shop.domain: ${line}`));
    expect(inSettings(written)).toEqual(lines.map((line) => `slipway:applications.shop.domain: ${line}`));
  });
});

it("a domain that comes from the settings is blamed on them", () => {
  const problems = (domains: string[], services = SIMPLEST.services) =>
    problemsOf({ ...SIMPLEST, services: services! }, { settings: { domains } });
  expect(problems(["x.org", "x.org"])).toEqual([
    'slipway:applications.shop.domain: "x.org" is named twice; remove one',
  ]);
  expect(problems(["x.org"], { web: {} })).toEqual([
    'slipway:applications.shop.domain: "x.org" leads nowhere: no service has a port',
  ]);
});

it("on a host, a domain leads to the first application that names it", () =>
  expect(
    domainClashes([
      { application: "shop", hosts: ["a", "b"], domains: ["x.org", "x.org"] },
      { application: "blog", hosts: ["c"], domains: ["x.org"] },
      { application: "wiki", hosts: ["c", "b"], domains: ["y.org", "x.org"] },
      { application: "docs", hosts: ["b"], domains: ["x.org", "y.org", "z.org"] },
    ]),
  ).toEqual([
    { application: "wiki", domain: "x.org", owner: "blog", host: "c" },
    { application: "docs", domain: "x.org", owner: "shop", host: "b" },
    { application: "docs", domain: "y.org", owner: "wiki", host: "b" },
  ]));

it("a clash is blamed on the place that the second domain comes from", () => {
  const routed = (application: string) => ({ application, hosts: ["a"], domains: ["x.org"] });
  expect(clashes(["shop", "blog", "wiki"].map(routed), ["blog"])).toEqual([
    'slipway:applications.blog.domain: "x.org" already leads to shop on the host a; give each a domain of its own',
    'apps: wiki.domain: "x.org" already leads to shop on the host a; give each a domain of its own (slipway:applications.wiki.domain takes the place of the declared one)',
  ]);
});
