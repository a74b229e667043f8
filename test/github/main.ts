/** The check of the program on a real GitHub: `script/test github --owner NAME`. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "../support/built.ts";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { endAll } from "../support/run.ts";
import { declarationOf, featuresOf, newMarker, newPublicKey, STACK, valuesOf } from "./declaration.ts";
import { Gh } from "./gh.ts";
import { BadUsage, type Options, optionsOf, type Plan, USAGE } from "./options.ts";
import { Recorder } from "./record.ts";
import { Report } from "./report.ts";
import type { Scene } from "./scene.ts";
import { cleanUp } from "./steps/cleanUp.ts";
import { create } from "./steps/create.ts";
import { drift } from "./steps/drift.ts";
import { files } from "./steps/files.ts";
import { pipelines } from "./steps/pipelines.ts";
import { probes } from "./steps/probes.ts";
import { readBack } from "./steps/readBack.ts";
import { settled } from "./steps/settled.ts";

/** GitHub's names of plans, and what they have in common. */
const PLAN_NAMES: Record<string, Plan> = {
  free: "free",
  pro: "pro",
  developer: "pro",
  team: "team",
  business: "enterprise",
  business_plus: "enterprise",
  enterprise: "enterprise",
};

/** Login of a token's owner. */
const loginOf = async (gh: Gh): Promise<string> => (await gh.read("/user")).login;

/** The owner's name as GitHub writes it, and its plan, where GitHub tells that. */
async function ownerOf(gh: Gh, administrator: string, options: Options): Promise<{ owner: string; plan: Plan }> {
  const { login: owner, type } = await gh.read(`/users/${options.owner}`);
  const isUser = type !== "Organization";
  if (isUser && owner !== administrator)
    throw new BadUsage(
      `--owner ${owner} is a user, and GITHUB_TOKEN is of ${administrator}: it must be the owner's own`,
    );
  const { plan: told } = await gh.read(isUser ? "/user" : `/orgs/${owner}`);
  const plan = options.plan ?? PLAN_NAMES[told?.name];
  if (plan === undefined)
    throw new BadUsage(
      `GitHub does not tell this token the plan of ${owner}${told ? ` (it says ${told.name})` : ""}: write --plan free, pro, team or enterprise`,
    );
  return { owner, plan };
}

async function projectOf({ url }: Options, owner: string, marker: string, spec: object): Promise<Project> {
  ensureBuilt();
  const { HOOK, SHARED, OWN } = valuesOf(marker);
  return Project.create({
    name: marker,
    stack: STACK,
    program: renderProgram({ repositories: [spec] }),
    config: {
      "slipway:github": {
        owner,
        keySeed: randomBytes(32).toString("hex"),
        ...(url === undefined ? {} : { baseUrl: url, writeDelayMs: 0 }),
      },
      "slipway:repositories": { [marker]: { secrets: { HOOK, SHARED, OWN } } },
    },
    // The state keeps the token encrypted: with a passphrase that nobody knows afterwards.
    env: { GITHUB_WRITER_TOKEN: undefined, PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url") },
    timeoutSeconds: 1800,
  });
}

async function steps(scene: Scene): Promise<void> {
  if (!(await create(scene))) return;
  await readBack(scene);
  await settled(scene);
  await drift(scene);
  await files(scene);
  await probes(scene);
  await pipelines(scene);
}

/** @param config an empty folder, so that `gh` has no settings of a person's own */
async function check(options: Options, config: string): Promise<number> {
  const { token, writerToken, url, record } = options;
  const report = new Report([token, writerToken]);
  const stop = new AbortController();
  const api = url === undefined ? "https://api.github.com" : `${url}api/v3`;
  const marker = newMarker();
  const common = { api, config, pauseMs: url === undefined ? 1000 : 0 };
  const first = new Gh({ ...common, token });
  const administrator = await loginOf(first);
  const writerLogin = writerToken === undefined ? undefined : await loginOf(new Gh({ ...common, token: writerToken }));
  if (writerLogin === administrator) throw new BadUsage("GITHUB_WRITER_TOKEN is another token of the same person");
  const { owner, plan } = await ownerOf(first, administrator, options);
  const R = `/repos/${owner}/${marker}`;
  const visibility = options.visibility ?? (plan === "free" ? "public" : "private");
  if (visibility === "private" && plan === "free")
    throw new BadUsage(
      "--visibility private: a private repository of a free account has neither rules nor environments, so there is nothing to check; leave it out",
    );
  const names = {
    ...(writerLogin ? { [writerLogin]: "WRITER" } : {}),
    [administrator]: "ADMINISTRATOR",
    [owner]: "OWNER",
    [marker]: "REPOSITORY",
  };
  const recorder = record === undefined ? undefined : new Recorder(record, names);
  const gh = (of: string): Gh => new Gh({ ...common, token: of, recorder, signal: stop.signal });
  const features = featuresOf(plan, visibility);
  const declared = {
    marker,
    owner,
    administrator,
    writer: writerLogin,
    visibility,
    features,
    deployKey: newPublicKey(),
  };
  const spec = declarationOf(declared);
  report.say(
    `${owner}/${marker}, ${visibility}, on the plan ${plan}, as ${administrator}${writerLogin ? ` and ${writerLogin}` : ""}`,
  );

  let made: Project | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      stop.abort(new Error(`ended by ${signal}`));
      endAll();
    });
  try {
    made = await projectOf(options, owner, marker, spec);
    await steps({
      report,
      administrator: gh(token),
      writer: writerToken === undefined ? undefined : gh(writerToken),
      declared,
      features,
      spec,
      R,
      get project() {
        stop.signal.throwIfAborted();
        return made!;
      },
      patience: options.minutes * 60,
    });
    stop.signal.throwIfAborted();
  } catch (error) {
    report.row("the check itself", "fail", (stop.signal.reason ?? (error as Error)).message);
  }
  await cleanUp(report, first, R, marker);
  made?.dispose();
  report.say(`\n${report.summary}`);
  return report.count("fail") === 0 ? 0 : 1;
}

const config = mkdtempSync(join(tmpdir(), "slipway-check-"));
try {
  const options = optionsOf(process.argv.slice(2), process.env);
  if (options === undefined) console.log(USAGE);
  else process.exitCode = await check(options, config);
} catch (error) {
  const isUsage = error instanceof BadUsage;
  console.error(
    `script/test github: ${(error as Error).message}${isUsage ? "\nscript/test github --help tells more" : ""}`,
  );
  process.exitCode = isUsage ? 2 : 1;
} finally {
  rmSync(config, { recursive: true, force: true });
}
