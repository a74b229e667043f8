/** Where backups go: the settings, and what a host is told of them. */
import { describe, expect, it } from "vitest";
import { backupsOf } from "../../components/host/backups.ts";
import { LATER } from "../../components/policies/facts.ts";
import { repositoryProblem } from "../../components/settings/backupSchema.ts";
import { commandsIn } from "../../components/settings/commands.ts";
import { app, host, problems, run } from "../fixtures/settings.ts";

const declared = (backups: object) => ({ hosts: { "web-1": host() }, applications: { shop: app() }, backups });
const NAS = { repository: "/srv/backups", password: "planted" };

describe("slipway:backups", () => {
  it("names destinations with what their storage needs", () => {
    const s3 = { repository: "s3:https://s3.example.com/b", password: "p", environment: { AWS_ACCESS_KEY_ID: "k" } };
    const { settings } = run(declared({ nas: { ...NAS, limitUpload: 2048 }, s3 }));
    expect(settings?.backups).toEqual({ nas: { ...NAS, environment: {}, limitUpload: 2048 }, s3 });
  });

  it("warns of what is secret in plain text, by the command that encrypts it", () => {
    const nas = { ...NAS, environment: { AWS_SECRET_ACCESS_KEY: "planted" } };
    const encrypt = (place: string): string =>
      `slipway:backups.nas.${place} is in plain text in the stack's file; encrypt it: pulumi config set --secret --path 'slipway:backups.nas.${place}'`;
    expect(run(declared({ nas })).warnings).toEqual([
      encrypt("password"),
      encrypt("environment.AWS_SECRET_ACCESS_KEY"),
    ]);
    expect(run(declared({ nas }), ["backups"]).warnings).toEqual([]);
  });

  it("may have its secrets told by commands", () => {
    const told = { password: { command: "pass nas" }, environment: { KEY: { command: "pass key" } } };
    expect(commandsIn({ backups: { nas: told } }).map(({ path }) => path.join("."))).toEqual([
      "backups.nas.password",
      "backups.nas.environment.KEY",
    ]);
  });

  it.each([
    [{ nas: { password: "planted" } }, 'nas.repository: is missing; write where they go, like "/srv/backups"'],
    [{ nas: { repository: "/srv" } }, "nas.password: is missing; choose one, and keep it somewhere else as well"],
    [{ nas: { ...NAS, repository: "backups" } }, 'nas.repository: "backups" is no place for backups; write one like'],
    [{ nas: { ...NAS, repository: "/srv/../etc" } }, 'nas.repository: "/srv/../etc" has . or .. in its path'],
    [{ nas: { ...NAS, repository: "sftp:nas:/a b" } }, "is no place for backups"],
    [
      { nas: { ...NAS, repository: "rest:https://anna:planted@example.com/" } },
      "nas.repository: (a hidden value) carries a login; leave it out of the address and give it in environment",
    ],
    [{ nas: { ...NAS, password: "" } }, "nas.password: (a hidden value) is empty; choose one"],
    [{ nas: { ...NAS, password: "planted\nplanted" } }, "nas.password: (a hidden value) is more than a line"],
    [{ nas: { ...NAS, password: 123 } }, "nas.password: (a hidden value) is a number; write it in quotes"],
    [{ nas: { ...NAS, environment: { "a-b": "planted" } } }, 'nas.environment: "a-b" is not a valid name for an'],
    [{ nas: { ...NAS, environment: { A: "planted\0" } } }, "environment.A: (a hidden value) holds a NUL character"],
    [{ nas: { ...NAS, limitUpload: 0 } }, "nas.limitUpload: 0 is no rate; write a whole number of KiB per second"],
    [{ nas: { ...NAS, limitDownload: 1.5 } }, "nas.limitDownload: 1.5 is no rate"],
    [{ nas: { ...NAS, pasword: "planted" } }, 'nas.pasword: is not a setting; did you mean "password"?'],
    [{ nas: "planted" }, "backups.nas: (a hidden value) is text; write a map"],
    [{ "The NAS": NAS }, 'slipway:backups: "The NAS" is not a valid name'],
  ])("refuses %j, without a word of what is secret", (backups, message) => {
    const [only, ...others] = problems(declared(backups));
    expect(only).toContain(message);
    expect([others, only!.includes("planted")]).toEqual([[], false]);
  });

  it.each([
    "/srv/backups",
    "sftp:backup@nas.example.com:/backups",
    "sftp:backup@nas:backups",
    "s3:https://s3.eu-central-1.example.com:9000/bucket/a",
    "s3:http://10.0.0.7:9000/bucket",
    "rest:https://backups.example.com:8000/",
    LATER,
  ])("takes %s", (repository) => expect(repositoryProblem(repository)).toBeUndefined());
});

describe("a host is told", () => {
  const nas = { ...NAS, environment: {} } as never;
  it("of the destinations, with a mark that changes with all of it", async () => {
    const told = await backupsOf("web-1", ["shop"], { nas });
    expect(told).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      host: "web-1",
      applications: ["shop"],
      destinations: [{ name: "nas", ...NAS }],
    });
    const marks = await Promise.all([
      backupsOf("web-2", ["shop"], { nas }),
      backupsOf("web-1", ["blog"], { nas }),
      backupsOf("web-1", ["shop"], { nas: { ...NAS, password: "other", environment: {} } as never }),
      backupsOf("web-1", ["shop"], { nas: { ...NAS, environment: { A: "b" }, limitUpload: 5 } as never }),
    ]);
    expect(new Set([told, ...marks].map((one) => one!.fingerprint)).size).toBe(5);
  });
  it("the same whatever order they stand in", async () => {
    const [one, other] = [
      { nas, s3: nas },
      { s3: nas, nas },
    ];
    expect(await backupsOf("web-1", ["shop"], one)).toEqual(await backupsOf("web-1", ["shop"], other));
  });
  it("nothing where nothing is backed up", async () => expect(await backupsOf("web-1", ["shop"], {})).toBeUndefined());
});
