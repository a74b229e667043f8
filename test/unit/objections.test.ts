/** What speaks against deploying an application to a host that no proxy leads to it. */
import { describe, expect, it } from "vitest";
import { type Intent, objections } from "../../components/deployment/objections.ts";
import { UNPREPARED } from "../../components/host/look.ts";
import type { HostSeen } from "../../components/protocol/inspect.ts";

const INTENT: Intent = {
  application: "shop",
  own: "urn:pulumi:prod::shop::x",
  settings: { takeOver: false },
  domains: ["shop.example.com"],
  proxied: false,
  mounts: [],
  ports: [],
  names: [],
  declared: { shop: ["web-1"] },
};
const problems = (intent: Partial<Intent>, seen: HostSeen | undefined): string[] =>
  objections({ ...INTENT, ...intent }, { host: "web-1", seen }, []).problems;
const running: HostSeen = { ...UNPREPARED, host: { ...UNPREPARED.host, token: "x", proxyRuns: true } };

describe("a host whose proxy is switched off", () => {
  it("cannot have an application with a domain", () =>
    expect(problems({}, UNPREPARED)).toEqual([
      "slipway:hosts.web-1.proxy.enabled: false, and no proxy runs there, so nobody leads shop.example.com to shop; leave it out, or take domain and port out of the declaration and publish a port",
    ]));

  it.each<[string, Partial<Intent>, HostSeen | undefined]>([
    ["whose proxy another stack runs", {}, running],
    ["for an application without a domain", { domains: [] }, UNPREPARED],
    ["that was not looked at", {}, undefined],
  ])("is nothing to object to: one %s", (_, intent, seen) => expect(problems(intent, seen)).toEqual([]));

  it("is not one that this `pulumi up` starts", () => expect(problems({ proxied: true }, UNPREPARED)).toEqual([]));
});
