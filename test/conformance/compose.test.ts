/** What is made of Compose files, compared with what the real Docker Compose makes of them. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { loadCompose } from "../../components/compose/load.ts";
import { LOGGING } from "../../components/compose/logging.ts";
import { formatReference, parseReference } from "../../components/image/reference.ts";
import { DIGEST } from "../fixtures/application.ts";
import { folderOf, names, type Rendered, rendered } from "../support/corpus.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type Config, config } from "./support/compose.ts";
import { extensions, FRAGMENTS, pairs } from "./support/composePairs.ts";

const folder = temporaryFolder("compose");

/** A service as Compose reads it, with all that Slipway changes in it (docs/compose.md). */
function changed(name: string, service: any, { plan, stack, spec }: Rendered, services: string[]): unknown {
  const own = stack.services.find((candidate) => candidate.name === name);
  const { build: _, pull_policy: __, profiles: ___, container_name, ports = [], depends_on = {}, ...rest } = service;
  const { registry, repository } = parseReference(plan.imageOf[name]!);
  if (
    service.image !== undefined &&
    !spec.services?.[name]?.image &&
    service.image.replace(/:[^/]*$/, "") !== spec.image
  )
    expect(plan.imageOf[name]).toBe(withTag(service.image));
  const kept = own ? ports.filter((port: any) => !own.ports.includes(port.target) || port.protocol !== "tcp") : ports;
  const needed = Object.entries(depends_on).filter(([other]) => services.includes(other));
  return {
    restart: "always",
    logging: LOGGING,
    ...rest,
    image: `${formatReference({ registry, repository })}@${DIGEST}`,
    ...(own || container_name === undefined ? {} : { container_name }),
    ...(kept.length > 0 ? { ports: kept } : {}),
    ...(needed.length > 0 ? { depends_on: Object.fromEntries(needed) } : {}),
  };
}

const withTag = (image: string): string => {
  const { registry, repository, tag = "latest" } = parseReference(image);
  return formatReference({ registry, repository, tag });
};

/** Paths of the project's folder are the application's on the host. */
const onHost = (value: unknown, home: string, there: string): any =>
  JSON.parse(JSON.stringify(value).replaceAll(`${home}/`, `${there}/`).replaceAll(`"${home}"`, `"${there}"`));

describe("the real Docker Compose reads what is rendered as it reads the file itself, but for what Slipway changes", () => {
  it.each(names)("%s", async (name) => {
    const app = rendered(name);
    const { files, release, spec } = app;
    const given = join(folder, name);
    cpSync(folderOf(name), given, { recursive: true });
    const home = join(given, dirname(files[0]!));
    writeFileSync(join(home, ".env"), release.files[".env"]);
    const words = [
      ...files.flatMap((file) => ["-f", join(given, file)]),
      ...(spec.profiles ?? []).flatMap((profile) => ["--profile", profile]),
    ];
    const before = await config(home, ["-p", spec.name, ...words]);
    if (typeof before === "string") throw new Error(before);
    const services = Object.keys(before.services);
    const wanted = {
      ...before,
      services: Object.fromEntries(services.map((one) => [one, changed(one, before.services[one], app, services)])),
    };
    const after = join(folder, `${name}.release`);
    mkdirSync(after);
    for (const file of ["compose.yaml", ".env"] as const) writeFileSync(join(after, file), release.files[file]);
    expect(await config(after, [])).toEqual(onHost(wanted, home, `/opt/${name}`));
  });
});

/** What Compose makes of files, and of the one document that Slipway makes of them. */
async function both(name: string, files: Record<string, unknown>): Promise<Record<"theirs" | "ours", Config>> {
  const at = join(folder, name);
  mkdirSync(at);
  for (const [file, value] of Object.entries(files)) writeFileSync(join(at, file), stringify(value));
  const used = Object.keys(files);
  const document = loadCompose(used, { readFile: (path) => stringify(files[path]), variables: {} });
  writeFileSync(join(at, "merged.yaml"), stringify(document, { aliasDuplicateObjects: false }));
  const ask = async (...used: string[]): Promise<Config> => {
    const made = await config(at, ["-p", "x", ...used.flatMap((file) => ["-f", file])]);
    if (typeof made === "string") throw new Error(made);
    return made;
  };
  return { theirs: await ask(...used), ours: await ask("merged.yaml") };
}

describe.each([
  ["every pair of ways to write", pairs],
  ["every pair of ways to write, one extended by the other,", extensions],
])("Slipway makes of %s what the real Docker Compose makes of it:", (_, make) => {
  let made: Awaited<ReturnType<typeof both>>;
  beforeAll(async () => {
    made = await both(make.name, make());
  });
  /** Of all keys at once, as each call of Compose costs a quarter of a second; each has services of its own. */
  const of = (key: string, { services }: Config) =>
    Object.fromEntries(Object.entries(services).filter(([service]) => service.startsWith(`${key}-`)));

  it.each(FRAGMENTS)("%s", (key, values) => {
    const theirs = of(key, made.theirs);
    if (key !== "profiles") expect(Object.keys(theirs).length).toBeGreaterThanOrEqual(values.length ** 2);
    expect(of(key, made.ours)).toEqual(theirs);
  });

  it("networks, volumes, secrets and configs", () => {
    const { services: _, ...theirs } = made.theirs;
    expect(Object.keys(theirs)).toEqual(expect.arrayContaining(["networks", "volumes", "secrets", "configs"]));
    expect(made.ours).toMatchObject(theirs);
  });
});
