import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { freshToken, linksOf } from "../../components/host/freshToken.ts";
import { PATTERNS } from "../../components/protocol/arguments.ts";
import {
  confirmCommand,
  deployCommand,
  deployInput,
  destroyCommand,
  lockCommand,
  readyCommand,
  retireCommand,
  stageCommand,
  unlockCommand,
} from "../../components/protocol/commands.ts";
import { quote } from "../../components/shared/shell.ts";
import { releaseOf, SIMPLEST } from "../fixtures/application.ts";
import { HOSTILE } from "../fixtures/hostile.ts";

const target = { application: "shop", root: "/opt", owner: "slipway::slipway:stack:ComposeStack::shop" };
const release = { id: "0123456789ab", version: "1.4.0" };
const options = { token: "2026-11-21T10:02:11Z anna@laptop 3f2c", lockWait: 0, confirmWithin: 0, keepReleases: 5 };
const OWNER = "slipway::slipway:stack:ComposeStack::shop";

it("each command for a host is one line with its values quoted", () => {
  expect([
    stageCommand(target, release, options),
    stageCommand({ ...target, takeOver: true }, release, options),
    deployCommand(target, release, options),
    deployCommand({ ...target, takeOver: true }, release, options),
    deployCommand({ ...target, outsideWindow: 'a "küche"' }, release, options),
    deployCommand(target, release, { ...options, lockWait: 1500, confirmWithin: 60_000, keepReleases: 2 }),
    deployCommand(target, release, { ...options, migrates: false }),
    readyCommand(target, release, options.token),
    confirmCommand(target, release, options.token),
    destroyCommand(target, false),
    destroyCommand(target, true),
    lockCommand(target, "anna@laptop", "the sale"),
    unlockCommand(target, "anna@laptop"),
    retireCommand("/opt", "slipway/prod"),
  ]).toEqual([
    `/opt/slipway/bin/slipway stage shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0`,
    `/opt/slipway/bin/slipway stage shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0 --take-over`,
    `/opt/slipway/bin/slipway deploy shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0 --keep 5`,
    `/opt/slipway/bin/slipway deploy shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0 --keep 5 --take-over`,
    `/opt/slipway/bin/slipway deploy shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0 --keep 5 --outside-window 'a \\"k\\u00fcche\\"'`,
    `/opt/slipway/bin/slipway deploy shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 2 --confirm-within 60 --keep 2`,
    `/opt/slipway/bin/slipway deploy shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c' --owner ${OWNER} --lock-wait 0 --keep 5 --no-migration`,
    "/opt/slipway/bin/slipway prepare shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c'",
    "/opt/slipway/bin/slipway confirm shop --release 0123456789ab --version 1.4.0 --token '2026-11-21T10:02:11Z anna@laptop 3f2c'",
    `/opt/slipway/bin/slipway destroy shop --owner ${OWNER}`,
    `/opt/slipway/bin/slipway destroy shop --owner ${OWNER} --data`,
    `/opt/slipway/bin/slipway lock shop --owner ${OWNER} --by anna@laptop --reason 'the sale'`,
    `/opt/slipway/bin/slipway unlock shop --owner ${OWNER} --by anna@laptop`,
    "/opt/slipway/bin/slipway retire --stack slipway/prod",
  ]);
});

const shell = (script: string): string[] =>
  execFileSync("bash", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);

describe("quoting", () => {
  it("gives the shell exactly the text, whatever it holds", () =>
    expect(shell(`printf '%s\\0' ${HOSTILE.map(quote).join(" ")}`)).toEqual(HOSTILE));

  it("refuses a NUL, which no argument can carry", () =>
    expect(() => quote("a\0b")).toThrow("a NUL character cannot be part of a command"));

  it("leaves nothing of a command to the shell", () => {
    // What the host would refuse is not sent at all.
    const texts = HOSTILE.filter((text) => PATTERNS.token.test(text));
    expect(texts.length).toBeGreaterThan(30);
    const commands = texts.map((text) =>
      deployCommand(
        { ...target, root: `/opt/${text}`, owner: text },
        { id: release.id, version: text },
        { ...options, token: text },
      ),
    );
    const words = shell(commands.map((command) => `words=(${command}); printf '%s\\0' "\${words[@]}"`).join("\n"));
    expect(words).toEqual(
      texts.flatMap((text) => [
        `/opt/${text}/slipway/bin/slipway`,
        "deploy",
        "shop",
        "--release",
        release.id,
        "--version",
        text,
        "--token",
        text,
        "--owner",
        text,
        "--lock-wait",
        "0",
        "--keep",
        "5",
      ]),
    );
  });
});

it("secrets travel by stdin alone", () => {
  const rendered = releaseOf(
    { ...SIMPLEST, services: { web: { port: 1, secretFiles: ["KEY"] } } },
    { secrets: { KEY: "planted-key", TOKEN: "planted-token" } },
  );
  const commands = [
    stageCommand(target, rendered, options),
    deployCommand(target, rendered, options),
    confirmCommand(target, rendered, options.token),
    destroyCommand(target, true),
  ];
  expect(commands.join("\n")).not.toContain("planted");
  const input = JSON.parse(
    deployInput(rendered, [{ server: "ghcr.io", username: "anna", password: "planted-password" }]),
  );
  expect(input).toEqual({
    files: rendered.files,
    secretFiles: rendered.secretFiles,
    registries: [{ server: "ghcr.io", username: "anna", password: "planted-password" }],
  });
});

describe("the name of a deployment", () => {
  it("tells when and who, in characters that need no care", () => {
    expect(freshToken({})).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [\w.-]+@[\w.-]+ [0-9a-f]{4}$/);
    expect(freshToken({ GITHUB_ACTOR: "anna\n$(id)'-b" })).toMatch(/^\S+Z annaid-b@github [0-9a-f]{4}$/);
  });
  it("has the addresses of the log and the commit, where a pipeline tells them", () => {
    const gitHub = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "anna/shop",
      GITHUB_RUN_ID: "7",
      GITHUB_SHA: "abc",
    };
    const run = "https://github.com/anna/shop/actions/runs/7";
    expect(freshToken({ ...gitHub, GITHUB_ACTOR: "anna" })).toMatch(
      /^\S+Z anna@github [0-9a-f]{4} https:\/\/\S+ https:\/\/\S+$/,
    );
    expect(linksOf(gitHub)).toEqual([run, "https://github.com/anna/shop/commit/abc"]);
    const gitLab = {
      CI_JOB_URL: "https://gitlab.com/anna/shop/-/jobs/1",
      CI_PROJECT_URL: "https://gitlab.com/anna/shop",
      CI_COMMIT_SHA: "abc",
    };
    expect(linksOf(gitLab)).toEqual([gitLab.CI_JOB_URL, "https://gitlab.com/anna/shop/-/commit/abc"]);
    expect(linksOf({ ...gitHub, SLIPWAY_LOG_URL: "https://ci.example.com/7" })[0]).toBe("https://ci.example.com/7");
  });
  it.each([
    {},
    { GITHUB_RUN_ID: "7" },
    { CI_JOB_URL: "http://gitlab.example.com/1" },
    { SLIPWAY_LOG_URL: "https://a.example.com/$(id)" },
    { SLIPWAY_LOG_URL: "https://a.example.com/a b" },
    { SLIPWAY_LOG_URL: `https://a.example.com/${"a".repeat(300)}` },
    { SLIPWAY_LOG_URL: "javascript:alert(1)" },
  ])("has none of %o", (variables) => expect(linksOf(variables)).toEqual([]));
  it("is another one each time", () =>
    expect(new Set(Array.from({ length: 20 }, () => freshToken({}))).size).toBeGreaterThan(15));
});
