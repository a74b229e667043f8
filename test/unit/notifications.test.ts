/** Who is to be notified: the settings, what a host is told of them, and what it says of a test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  notificationExitCode,
  notificationJsonSchema,
  notificationReportSchema,
  parseTested,
  renderNotifications,
} from "../../cli/notifications/report.ts";
import { isTold, notificationsOf } from "../../components/host/notifications.ts";
import { LATER } from "../../components/policies/facts.ts";
import { targetProblem } from "../../components/settings/notificationSchema.ts";
import { app, host, problems, run } from "../fixtures/settings.ts";

const declared = (notifications: object) => ({
  hosts: { "web-1": host() },
  applications: { shop: app() },
  notifications,
});

describe("slipway:notifications", () => {
  it("tells of all but the start of a deployment, unless it says more or less", () => {
    const { settings } = run(declared({ team: { url: "slack://a/b/c" }, calls: { url: "ntfy://a", on: ["job"] } }));
    expect(settings?.notifications).toMatchObject({
      team: { on: ["success", "failure", "rollback", "job"] },
      calls: { on: ["job"] },
    });
  });

  it("warns of an address in plain text, by the command that encrypts it", () => {
    const { warnings } = run(declared({ team: { url: "slack://planted" } }));
    expect(warnings).toEqual([
      "slipway:notifications.team.url is in plain text in the stack's file; encrypt it: pulumi config set --secret --path 'slipway:notifications.team.url'",
    ]);
    expect(run(declared({ team: { url: "slack://planted" } }), ["notifications"]).warnings).toEqual([]);
  });

  it.each([
    [{ team: { url: "planted" } }, "team.url: (a hidden value) is not an address with a scheme; give"],
    [{ team: { url: "https://planted.example.com/a" } }, "for a webhook that takes JSON write jsons://"],
    [{ team: { url: "http://planted.example.com/a" } }, "for a webhook that takes JSON write json://"],
    [{ team: { url: "slack://planted\ninclude http://planted" } }, "is not one line of at most 2000 characters"],
    [{ team: { url: "slack://planted", on: [] } }, "team.on: is empty; name at least one of start, success"],
    [{ team: { url: "slack://planted", on: ["crash"] } }, "team.on[0]"],
    [
      { team: { url: "slack://planted", applications: ["shp"] } },
      'applications[0]: "shp" is not an application; did you mean "shop"?',
    ],
    [{ team: "slack://planted" }, "team: "],
    [{ team: {} }, "team.url: is missing; give the address of the target"],
    [{ "The team": { url: "slack://planted" } }, "is not a valid name"],
  ])("refuses %j, without a word of the address", (notifications, message) => {
    const [only, ...others] = problems(declared(notifications));
    expect(only).toContain(message);
    expect([others, only!.includes("planted")]).toEqual([[], false]);
  });

  it.each([
    "https://hooks.slack.com/services/a/b/c",
    "https://anna@ntfy.sh:443/a",
    "jsons://a.example.com/b?rto=20",
    LATER,
  ])("takes %s", (url) => expect(targetProblem(url)).toBeUndefined());
});

describe("a host is told", () => {
  const target = (more: object = {}) => ({ url: "slack://a", on: ["failure"], ...more }) as never;
  it("of the targets of what runs there, with a mark that changes with all of it", async () => {
    const targets = { team: target(), blog: target({ applications: ["blog"] }) };
    const told = await notificationsOf("web-1", ["shop"], targets);
    expect(told).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      host: "web-1",
      applications: ["shop"],
      targets: [{ name: "team", url: "slack://a", on: ["failure"] }],
    });
    const other = await notificationsOf("web-1", ["shop"], { team: target({ url: "slack://b" }) });
    expect(other!.fingerprint).not.toBe(told!.fingerprint);
  });
  it("nothing where nobody is to be told", async () => {
    expect(await notificationsOf("web-1", ["shop"], {})).toBeUndefined();
    expect(await notificationsOf("web-1", [], { team: target() })).toBeUndefined();
  });
  it.each([
    [["infra/prod 00ff", "other/prod 1"], "00ff", true],
    [["infra/prod 00ff"], "00fe", false],
    [["infra/prod 00ff"], undefined, false],
    [["infra/production 00ff"], undefined, true],
    [undefined, undefined, true],
    [undefined, "00ff", false],
  ])("again where it says %j and %s is wanted: %s", (seen, wanted, isSame) =>
    expect(isTold(seen, "infra/prod", wanted)).toBe(isSame),
  );
});

describe("slipway notifications test", () => {
  const report = {
    stack: "prod",
    hosts: [
      {
        name: "web-1",
        targets: parseTested(
          '{"target":"team","kind":"slack","why":""}\n{"target":"calls","kind":"ntfy","why":"the service answered 403"}\n',
        ),
      },
      { name: "web-2", problem: "connect ECONNREFUSED", targets: [] },
    ],
  };

  it("tells of each target of each host what became of it", () => {
    expect(renderNotifications(report, (_, text) => text)).toBe(
      [
        "HOST   TARGET  KIND",
        "web-1  calls   ntfy   not taken: the service answered 403",
        "web-1  team    slack  taken",
        "web-2  -       -      connect ECONNREFUSED",
        "",
      ].join("\n"),
    );
    expect(notificationExitCode(report)).toBe(1);
    const [{ targets }] = report.hosts as [(typeof report.hosts)[number]];
    expect(notificationExitCode({ stack: "prod", hosts: [{ name: "web-1", targets: targets.slice(1) }] })).toBe(0);
  });

  it("prints as JSON what its published schema describes", () => {
    expect(notificationReportSchema.parse(report)).toEqual(report);
    const path = join(import.meta.dirname, "../../docs/notifications.schema.json");
    expect(JSON.parse(readFileSync(path, "utf8")), "node cli/hosts/writeSchema.ts").toEqual(notificationJsonSchema());
  });

  it("says of a host that answers otherwise what to do", () =>
    expect(() => parseTested("usage: slipway")).toThrow("run pulumi up"));
});
