import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import type { Result } from "../support/run.ts";
import { REGISTRY, SHOP, settings } from "../support/sandbox.ts";
import { findMarker, plant, type Sampler, sampleProcesses } from "../support/secrets.ts";
import { served } from "../support/served.ts";
import { SANDBOX } from "../support/ssh.ts";
import { containers, ledger } from "../support/state.ts";
import { clean, fingerprintOf, programOf, said, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const APP = "vault";
const DOMAIN = "vault.test";

/** Encrypted in the settings; the file itself could not carry this one. */
const CONTROL = "a\u0001b\u007fc\u00a0\u2028";
const planted = plant("vault");
const markers = { TOKEN: `${planted}-token`, KEY: `the ${planted} key`, DATABASE_PASSWORD: `database-${planted}` };
/** What a command tells, from a file beside the project: as a password manager would. */
const told = `${planted} told`;
const vault = temporaryFolder("vault");
const registryPassword = readFileSync(join(SANDBOX, "registry-password"), "utf8").trim();
/** A line from the middle of the private key, without what all keys share. */
const privateKey = readFileSync(join(SANDBOX, "id_ed25519"), "utf8").split("\n")[3]!;

/** Values that something on the way could take for syntax. */
const ODD: Record<string, string> = {
  QUOTES: `it's "quoted" \`here\``,
  SPACES: "  spaces before and after  ",
  DOLLAR: "$HOME ${HOME} $$ ${X:-default} $(id) \\$ \\${Y}",
  LINES: "first\nsecond\r\nthird\n\n",
  BACKSLASHES: "C:\\new\\table \\\\ \\n ends with \\",
  UNICODE: "Grüße, 世界 🚢",
  EMPTY: "",
  HASH: "#not a comment # here",
  EQUALS: "a=b=c;d&e|f>g<h*?![]{}~",
  TAB: "a\tb",
  JSON: '{"a": ["b", null], "c": "\\u0041"}',
  // Pulumi hands all settings to the program in one environment variable, of which Linux allows 128 KiB.
  LONG: `$start 'of' a long one \n ${"0123456789abcdefghijklmnopqrstuvwxyz+/=,;:.- ".repeat(2300)}`.slice(0, 100_000),
  FILE: 'a file\'s\n\tlines, $NAME and "quotes"\n\n',
};

/** `noisy` says what it knows; the last line of `script` decides how it ends. */
const specOf = (script: string, migration?: string): Record<string, unknown> => ({
  name: APP,
  image: SHOP,
  domain: `http://${DOMAIN}`,
  services: {
    web: { port: 8000, health: "/health", secretFiles: ["KEY", "FILE"] },
    noisy: {
      image: `${REGISTRY}/redis:7`,
      accessory: false,
      secrets: ["TOKEN", "DATABASE_PASSWORD"],
      environment: { LEVEL: "info" },
      volumes: ["noisy:/data"],
      command: ["-c", script],
      compose: { entrypoint: ["/bin/sh"], stop_grace_period: "1s" },
    },
  },
  ...(migration === undefined ? {} : { migration: { service: "noisy", command: ["-c", migration] } }),
  verification: { version: "/api/v1/version" },
});
const QUIET = "trap 'exit 0' TERM; sleep infinity & wait";

let project: Project;
const outputs: Record<string, string> = {};
const keep = (name: string, result: Result): Result => {
  outputs[name] = said(result);
  return result;
};
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const applications = (version: string): Record<string, unknown> => ({
  [APP]: { version, hosts: [`host-${HOST}`], removeData: true },
});

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: APP,
    program: programOf([specOf(QUIET)]),
    config: settings([HOST], applications("1.0.0"), {
      "slipway:secrets": { [APP]: { ...ODD, TOLD: { command: `cat '${vault}/told'` } } },
    }),
  });
  writeFileSync(join(vault, "told"), `${told}\n`, { mode: 0o600 });
  for (const [name, value] of Object.entries({ ...markers, CONTROL }))
    await project.setSecret(`slipway:secrets.${APP}.${name}`, value);
});

afterAll(() => clean(project));

/** Every place at once, after everything that was done so far; at the end also for what opens the registry and the host. */
async function expectNoLeak(samplers: Sampler[] = [], others: Record<string, string> = {}): Promise<void> {
  const state = await project.export();
  for (const [name, marker] of Object.entries({ planted, ...others })) {
    const found = await findMarker(marker, {
      texts: { ...outputs, state },
      folders: [project.folder],
      hosts: [target],
      samplers: samplers.splice(0),
    });
    expect(found.leaks, name).toEqual([]);
    // A search that finds nothing anywhere would prove nothing.
    if (name === "planted") expect(found.expected.join("\n")).toMatch(/\/releases\/[0-9a-f]{12}\/\.env \(600\)/);
    else expect(found.expected, name).toEqual([]);
  }
}

const sampled = (): Promise<Sampler[]> => {
  const markers = [planted, registryPassword];
  return Promise.all([sampleProcesses(markers, target), sampleProcesses(markers)]);
};

describe("secrets", () => {
  it("are nowhere they should not be after a deployment, and in no process's arguments during it", async () => {
    const samplers = await sampled();
    keep("preview --diff", await project.pulumi(["preview", "--diff", "--stack", project.stack]));
    keep("up", await upOk(project));
    await expectNoLeak(samplers);
  });

  it("are private files on the host", async () => {
    const files = await target.ask(
      `sudo find /opt/${APP}/releases -name .env -printf '%m %u\\n'; sudo find /opt/${APP}/secrets -type f -printf '%m %U\\n'; find /opt/${APP} -maxdepth 0 -printf '%m\\n'`,
    );
    expect(files.trim().split("\n").sort()).toEqual(
      ["600 10001", "600 10001", "600 deploy", expect.stringMatching(/^7[05]0$/)].sort(),
    );
    expect(
      (
        await target.ask(
          `cd /opt/${APP}; find . -name '.incoming*' -o -name '.docker*'; find /opt/slipway -name '.request*'; ls -a ~/.docker 2>/dev/null || true`,
        )
      ).trim(),
    ).toBe("");
  });

  it("arrive as they are", async () => {
    const { FILE, ...variables } = ODD;
    for (const [name, value] of Object.entries({ ...variables, CONTROL, TOKEN: markers.TOKEN, TOLD: told })) {
      const got = await fingerprintOf(target, DOMAIN, `/env?name=${name}`);
      expect(got, name).toEqual({ set: true, sha256: sha256(value), length: Buffer.byteLength(value) });
    }
    for (const [name, value] of Object.entries({ KEY: markers.KEY, FILE: FILE! })) {
      expect(await fingerprintOf(target, DOMAIN, `/file?path=/run/secrets/${name}`), name).toEqual({
        set: true,
        sha256: sha256(value),
        length: Buffer.byteLength(value),
      });
    }
    expect(
      await fingerprintOf(target, DOMAIN, "/env?name=KEY"),
      "a secret given as a file is no variable",
    ).toMatchObject({ set: false });
  });

  it("stay out of the last lines of a container that fails", async () => {
    project.write(
      "index.ts",
      programOf([specOf('echo "level $LEVEL, token $TOKEN, password=$DATABASE_PASSWORD."; sleep 0.2; exit 3')]),
    );
    const samplers = await sampled();
    const result = keep("up of a failing container", await project.up());
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain("level info, token [secret], password=[secret].");
    expect(said(result)).toMatch(/noisy of vault 1\.0\.0 (exited with code 3|keeps exiting) instead of serving/);
    expect((await ledger(target, APP)).at(-1), said(result)).toMatchObject({ result: "reverted" });
    await expectNoLeak(samplers);
  });

  it("stay out of the output of a migration that fails", async () => {
    project.write(
      "index.ts",
      programOf([specOf(QUIET, 'env | grep -E "TOKEN|PASSWORD"; echo "LEVEL $LEVEL" >&2; exit 1')]),
    );
    const result = keep("up of a failing migration", await project.up());
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain("TOKEN=[secret]");
    expect(said(result)).toContain("LEVEL info");
    expect(said(result)).toMatch(/the migration of vault .* failed/);
    expect(await served(target, DOMAIN)).toBe("1.0.0");
    expect((await containers(target, APP)).every(({ state }) => state === "running")).toBe(true);
  });

  it("stay out of kept exports, and of what the last deployment leaves", async () => {
    project.write("index.ts", programOf([specOf(QUIET)]));
    project.setConfig({ "slipway:applications": applications("1.1.0") });
    keep("second up", await upOk(project));
    keep("refresh", await project.refresh());
    await expectNoLeak([], { registryPassword, privateKey });
    expect(readFileSync(join(project.folder, ".slipway/exports", project.stack, await exportName()), "utf8")).toContain(
      '"ciphertext"',
    );
  });
});

async function exportName(): Promise<string> {
  const { keptExports } = await import("../../components/operations/state/keepExport.ts");
  return keptExports(join(project.folder, ".slipway/exports", project.stack)).at(-1)!;
}
