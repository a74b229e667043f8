import { describe, expect, it } from "vitest";
import type { Exemption } from "../../components/policies/exemptions.ts";
import { entriesAt, LATER, Later, listAt, wordsOf } from "../../components/policies/facts.ts";
import { judgeExemptions } from "../../components/policies/judge.ts";
import { type Level, levelOf } from "../../components/policies/levels.ts";
import { SEVERITIES } from "../../components/policies/rule.ts";
import { RULES } from "../../components/policies/rules.ts";
import { line } from "../../components/release/plain.ts";
import { declared, factsOf, NOW, verdictsOf } from "../fixtures/facts.ts";
import { HOSTILE } from "../fixtures/hostile.ts";

describe("the rules", () => {
  it("have ids of their own", () => expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length));

  it.each(RULES.map((rule) => [rule.id, rule] as const))(
    "%s has all its texts, as sentences are made of them",
    (id, rule) => {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(SEVERITIES).toContain(rule.severity);
      expect(rule.title).toMatch(/^[A-Z].*[^.]$/s);
      expect(rule.reason).toMatch(/^[A-Z].*\.$/s);
      expect(rule.remedy).toMatch(/^[a-z].*[^.]$/s);
      for (const name of rule.known)
        expect(name).toMatch(
          /^(compose-lint CL-\d{4}|CIS Docker \d\.\d+|KICS [A-Z].+|CKV2?_[A-Z0-9]+_\d+|OWASP Docker rule \d+a?|hadolint DL\d+|CWE-\d+|zizmor [a-z-]+|(OpenSSF )?Scorecard [A-Z][A-Za-z-]+(, tier \d)?|OSPS-[A-Z]+-\d+)$/,
        );
    },
  );
});

describe("an exemption", () => {
  const judged = (exemption: Partial<Exemption>, now = NOW) => {
    const all = { rule: "root-user", reason: "it binds port 80", until: "2026-06-10", ...exemption };
    const facts = factsOf(...declared({ user: "0" }), { exemptions: { "place[0]": all } });
    const verdicts = verdictsOf(facts, {}, now);
    const { findings, exempted } = verdicts["root-user"]!;
    return {
      found: findings.length,
      exempted: exempted.map(({ exemption: { reason } }) => reason),
      problems: judgeExemptions(facts, verdicts, now).map(({ place, message }) => `${place}: ${message}`),
    };
  };

  it.each<[string, Partial<Exemption>]>([
    ["the whole application", {}],
    ["the service", { service: "web" }],
  ])("takes a finding away on its last day, for %s", (_, exemption) =>
    expect(judged(exemption)).toEqual({ found: 0, exempted: ["it binds port 80"], problems: [] }),
  );

  it.each<[string, Partial<Exemption>, string]>([
    [
      "whose day is over",
      { until: "2026-06-09" },
      'ended on 2026-06-09; mend what "root-user" finds, or, if it is still right, give it a new day and reason',
    ],
    ["without a reason", { reason: " " }, 'says no reason; write why what "root-user" finds is right here'],
    [
      "of another service",
      { service: "db" },
      'matches nothing: "root-user" finds nothing of the service db here; take the exemption out',
    ],
  ])("%s takes nothing away, and is a finding itself", (_, exemption, problem) =>
    expect(judged(exemption)).toEqual({ found: 1, exempted: [], problems: [`place[0]: ${problem}`] }),
  );

  it.each<[Partial<Exemption>, Partial<Exemption>]>([
    [{}, {}],
    [{}, { service: "web" }],
    [{ service: "web" }, {}],
  ])("that says again what %j says, by %j, is told so", (...both) => {
    const all = both.map((one, index): [string, Exemption] => [
      `place[${index}]`,
      { rule: "root-user", reason: "it binds port 80", until: "2026-06-10", ...one },
    ]);
    const facts = factsOf(...declared({ user: "0" }), { exemptions: Object.fromEntries(all) });
    expect(judgeExemptions(facts, verdictsOf(facts), NOW)).toMatchObject([
      { place: "place[1]", message: "says what place[0] says already; take one of them out" },
    ]);
  });

  it.each(["volume-gone", "database-version", "downgrade", "unproven-image"])(
    "from %s is none after its deployment, or where nobody looked",
    (rule) => expect(judged({ rule }).problems).toEqual([]),
  );

  it("from a rule that finds nothing is a finding", () =>
    expect(judged({ rule: "privileged" })).toMatchObject({
      found: 1,
      problems: ['place[0]: matches nothing: "privileged" finds nothing here; take the exemption out'],
    }));
});

describe("what a rule reads of a review", () => {
  it.each([...HOSTILE.filter((text) => text !== "")])("is the words of a list again: %j", (word) =>
    expect(wordsOf(line(["before", word, "after"]))).toEqual(["before", word, "after"]),
  );

  it("is a list in both notations", () => {
    expect(listAt({ a: 'x "b 8:* r"' }, "a")).toEqual(["x", "b 8:* r"]);
    expect(listAt({ a: { x: true, y: { source: "s" } } }, "a")).toEqual(["x", { source: "s" }]);
    expect(listAt({}, "a")).toEqual([]);
  });

  it("comes before what is known later", () => {
    const found: string[] = [];
    const read = () => {
      for (const [name] of entriesAt({ map: { a: LATER, b: "1", c: "2" } }, "map")) found.push(name);
    };
    expect(read).toThrow(new Later(["map", "a"]));
    expect(found).toEqual(["b", "c"]);
  });
});

describe("a finding", () => {
  const rule = { id: "privileged", severity: "critical" } as const;
  it.each<[string, Parameters<typeof levelOf>[1], Level]>([
    ["stops a protected environment where it is serious", { protected: true }, "mandatory"],
    ["is told in another", { protected: false }, "advisory"],
    [
      "is told where the settings say so",
      { protected: true, settings: { rules: { privileged: "advisory" } } },
      "advisory",
    ],
    ["stops where the settings say so of all rules", { protected: false, settings: { all: "mandatory" } }, "mandatory"],
    [
      "comes by what is said of its rule before what is said of all",
      { protected: true, settings: { all: "mandatory", rules: { privileged: { level: "disabled" } } } },
      "disabled",
    ],
  ])("%s", (_, given, level) => expect(levelOf(rule, given)).toBe(level));

  it("that is not serious is told alone", () =>
    expect(levelOf({ ...rule, severity: "medium" }, { protected: true })).toBe("advisory"));
});
