import { beforeAll, describe, expect, it } from "vitest";
import { deployKeysOf } from "../../components/host/deployKeys.ts";
import { renderCaddyfile, renderProxyCompose } from "../../components/host/proxy.ts";
import { withLabels } from "../../components/image/dockerfile.ts";
import { plan, settingsOf } from "../../components/image/plan.ts";
import { deployInput } from "../../components/protocol/commands.ts";
import type { Manifest } from "../../components/protocol/manifest.ts";
import type { Release } from "../../components/release/model.ts";
import { omit } from "../../components/shared/records.ts";
import { DIGEST, releaseOf } from "../fixtures/application.ts";
import { DECLARATIONS } from "../fixtures/declarations.ts";
import { askBefore, unpackBefore } from "../support/before.ts";
import { temporaryFolder } from "../support/folder.ts";
import { hostShell } from "../support/hostShell.ts";

const PROXIES = [
  { image: "caddy:2.11.9", httpPort: 80, httpsPort: 443, localCertificates: false, email: "anna@example.com" },
  { image: "registry:5000/caddy:2", httpPort: 8080, httpsPort: 8443, localCertificates: true },
];
const KEYS = ["/opt", "slipway/dev", ["shop", "budget"], ["ssh-ed25519 AAAA anna"]] as const;

type OldService = Manifest["services"][number] & { network?: string };

/** Its repository, version and build. */
const IMAGE = {
  repository: "ghcr.io/anna/shop",
  version: "1.4.0",
  build: {
    context: "./shop/",
    args: { LEVEL: "info" },
    target: "web",
    commit: "3f2c1ab",
    source: "https://example.com/shop",
    platform: "linux/arm64",
  },
};

/** The same as `releaseOf`, in the words of the version before. */
const PROGRAM = `
import { normalise } from "./components/application/normalise.ts";
import { deployKeysOf } from "./components/host/deployKeys.ts";
import { renderCaddyfile, renderProxyCompose } from "./components/host/proxy.ts";
import { withLabels } from "./components/image/dockerfile.ts";
import { plan } from "./components/image/plan.ts";
import { renderRelease } from "./components/stack/release.ts";
import { resolve } from "./components/stack/resolve.ts";
const missing = (path) => { throw new Error("ENOENT: " + path); };
const releaseOf = ([spec, { settings = {}, secrets = {}, compose = "", protected: isProtected = false }]) => {
  const plan = normalise(spec, {
    settings: { version: "1.4.0", hosts: ["host-1"], images: {}, environment: {}, allowDowngrade: false, removeData: false, ...settings },
    environment: "dev", root: "/opt", protected: isProtected, secretNames: Object.keys(secrets).sort(),
    readFile: (path) => path === "compose.yaml" ? compose : missing(path), listFolder: missing,
  });
  const images = Object.fromEntries(Object.values(plan.images).map(({ repository, version }) =>
    [repository + ":" + version, repository + "@" + input.digest]));
  return renderRelease(resolve(plan, images, secrets));
};
const { tags, build } = plan(input.image, "slipway:applications.shop.version");
answer({
  image: { tags, build, dockerfile: withLabels("FROM scratch", build.labels, build.target) },
  releases: Object.fromEntries(Object.entries(input.cases).map(([name, one]) => [name, releaseOf(one)])),
  proxies: input.proxies.map((proxy) => [renderProxyCompose(proxy), renderCaddyfile(proxy)]),
  keys: deployKeysOf(...input.keys),
});
`;

describe("what the version before rendered", () => {
  const folder = temporaryFolder("before");
  let before: { image: unknown; releases: Record<string, unknown>; proxies: string[][]; keys: unknown };

  beforeAll(async () => {
    await unpackBefore(folder);
    const input = { image: IMAGE, cases: DECLARATIONS, digest: DIGEST, proxies: PROXIES, keys: KEYS };
    before = (await askBefore(folder, PROGRAM, input)) as typeof before;
  });

  // Another text would make other containers. The manifest has the route itself, and upstreams without a port.
  it.each(Object.keys(DECLARATIONS))("has the same Compose file, variables and secret files today, of %s", (name) => {
    const [spec, given] = DECLARATIONS[name]!;
    const { files, secretFiles } = JSON.parse(JSON.stringify(releaseOf(spec, given))) as Release;
    const { files: then, secretFiles: secrets } = before.releases[name] as Release;
    // But for the database's address, which SQLAlchemy did not take.
    const text = ({ "compose.yaml": compose, ".env": environment }: Release["files"]) => [
      compose,
      environment.replace('DATABASE_URL="postgres://app:', 'DATABASE_URL="postgresql://app:'),
    ];
    expect([...text(files), secretFiles]).toEqual([...text(then), secrets]);
    const manifest = (given: Release["files"]) => {
      const { release: _, route: __, services, ...rest } = JSON.parse(given["manifest.json"]) as Manifest;
      return { ...rest, services: services.map((service) => omit(service as OldService, "upstream", "network")) };
    };
    expect(manifest(files)).toEqual(manifest(then));
  });

  it.each(Object.keys(DECLARATIONS))("is taken by a host of today, of %s", (name) => {
    const release = before.releases[name] as Release;
    const { run } = hostShell("before-host");
    const input = deployInput(release, [{ server: "ghcr.io", username: "anna", password: "secret" }]);
    const { code, stderr } = run(`APP=${DECLARATIONS[name]![0].name} RELEASE=${release.id}; receive`, { input });
    expect([code, stderr]).toEqual([0, ""]);
  });

  // Anything else builds the image again, and what comes out may be another one.
  it("is the same build today", () => {
    const planned = plan(IMAGE, settingsOf("shop"));
    if (planned.kind !== "build") throw new Error(planned.kind);
    const { tags, build } = planned;
    const dockerfile = withLabels("FROM scratch", build.labels, build.target);
    expect({ tags, build, dockerfile }).toEqual(before.image);
  });

  // Another text is another container: no application of the host could be reached meanwhile.
  it.each(PROXIES)("is the same proxy today, of $image", (proxy) => {
    const [compose, caddyfile] = before.proxies[PROXIES.indexOf(proxy)]!;
    expect(renderProxyCompose(proxy)).toBe(compose);
    // What is added to it is read without another container.
    expect(renderCaddyfile(proxy).startsWith(caddyfile!)).toBe(true);
  });

  it("is the same line of authorized_keys today", () => {
    const [root, stack, applications, keys] = KEYS;
    expect(deployKeysOf(root, stack, [...applications], [...keys])).toEqual(before.keys);
  });
});
