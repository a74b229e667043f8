import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { getRegistryImage } from "../fixtures/registry.ts";
import {
  answers,
  called,
  configure,
  failures,
  forget,
  isSecretInput,
  type Made,
  made,
  openText,
  plainOf,
  resolved,
  startEngine,
  waitUntilIdle,
} from "../support/engine.ts";

/** What this stack deployed last: only `blog`. */
const STATE = {
  version: 3,
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:dev::slipway::slipway:stack:ComposeStack::blog",
        type: "slipway:stack:ComposeStack",
        outputs: { version: "2.0.0" },
      },
    ],
  },
};
vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => STATE }));
process.env.SLIPWAY_LOOK = "off";
delete process.env.SSH_AUTH_SOCK;
await startEngine();
vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const { deploy, defineApplication } = await import("../../components/index.ts");

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const host = (address: string) => ({ address, privateKey: "planted-private-key", hostKey: KEY });
const SHOP = defineApplication({
  name: "shop",
  image: "ghcr.io/anna/shop",
  domain: "shop.example.com",
  services: { web: { port: 8000, health: "/health" } },
});

/** The program with settings, as the engine would run it. */
async function program(config: Record<string, unknown>, specs = [SHOP]): Promise<Awaited<ReturnType<typeof deploy>>> {
  configure(config, ["hosts", "registries", "secrets"]);
  return await deploy(specs);
}
const settings = (hosts: string[], application: Record<string, unknown> = {}) => ({
  hosts: Object.fromEntries(hosts.map((name, index) => [name, host(`192.0.2.${index + 1}`)])),
  registries: { "ghcr.io": { username: "anna", password: "planted-registry-password" } },
  applications: { shop: { version: "1.4.0", hosts, ...application } },
  secrets: { shop: { TOKEN: "planted-token" } },
});
const commands = (): Made[] => made.filter(({ type }) => type === "command:remote:Command");
const named = (name: string): Made => commands().find((resource) => resource.name === name)!;

function begin(): void {
  forget();
  answers.getRegistryImage = getRegistryImage;
}
beforeEach(begin);

describe("one host", () => {
  beforeAll(async () => {
    begin();
    const environment = await program(settings(["host-1"], { lockWait: "2m", keepReleases: 3 }));
    await waitUntilIdle();
    kept = [...made];
    release = await resolved(environment.applications.shop!.release);
  });
  let kept: Made[];
  let release: string;
  const find = (name: string): Made =>
    kept.find((resource) => resource.name === name && resource.type === "command:remote:Command")!;

  it("gets one command to prepare it, and one to deploy", () => {
    expect(kept.filter(({ type }) => type === "command:remote:Command").map(({ name }) => name)).toEqual([
      "host-1-host",
      "shop-host-1",
    ]);
    const components = kept.map(({ type }) => type).filter((type) => type.startsWith("slipway:"));
    expect(components.sort()).toEqual([
      "slipway:host:DockerHost",
      "slipway:image:ContainerImage",
      "slipway:index:Application",
      "slipway:stack:ComposeStack",
    ]);
  });

  it("deploys the release by its name, and the same on an update", () => {
    const { create, update } = plainOf(find("shop-host-1"));
    expect(create).toMatch(
      new RegExp(
        `^/opt/slipway/bin/slipway deploy shop --release ${release} --version 1\\.4\\.0 --token '[^']+' --owner \\S+ --lock-wait 120 --keep 3$`,
      ),
    );
    expect(update).toBe(create);
  });

  it("is left behind by a command that knows its owner and keeps data", () => {
    const { create, delete: remove } = plainOf(find("shop-host-1"));
    const owner = /--owner (\S+)/.exec(create)![1];
    expect(remove).toBe(`/opt/slipway/bin/slipway destroy shop --owner ${owner}`);
    expect(plainOf(find("host-1-host")).delete).toBe("/opt/slipway/bin/slipway retire --stack slipway/dev");
  });

  it("is prepared first", () => expect(find("shop-host-1").dependsOn).toContain("host-1-host"));

  it("gets secrets by stdin and the connection alone, all marked secret", () => {
    for (const command of [find("host-1-host"), find("shop-host-1")]) {
      expect(isSecretInput(command.inputs.stdin)).toBe(true);
      expect(isSecretInput(command.inputs.connection) || isSecretInput(command.inputs.connection.privateKey)).toBe(
        true,
      );
    }
    expect(openText(kept)).not.toContain("planted");
    expect(JSON.parse(plainOf(find("shop-host-1")).stdin)).toMatchObject({
      registries: [{ server: "ghcr.io", username: "anna", password: "planted-registry-password" }],
    });
  });

  it("is reached with its key checked, and given up after a few tries", () =>
    expect(plainOf(find("shop-host-1")).connection).toMatchObject({
      host: "192.0.2.1",
      port: 22,
      hostKey: KEY,
      dialErrorLimit: 3,
      perDialTimeout: 10,
    }));
});

describe("two hosts", () => {
  it("are both staged, then both activated, then both confirmed", async () => {
    await program(settings(["one", "two"]));
    await waitUntilIdle();
    const steps = Object.fromEntries(commands().map(({ name, dependsOn }) => [name, dependsOn]));
    for (const name of ["one", "two"]) {
      expect(steps[`shop-${name}-stage`]).toEqual(expect.arrayContaining([`${name}-host`]));
      expect(steps[`shop-${name}`]).toEqual(
        expect.arrayContaining([`${name}-host`, "shop-one-stage", "shop-two-stage"]),
      );
      expect(steps[`shop-${name}-confirm`]).toEqual(["shop-one-prepare", "shop-two-prepare"]);
      expect(steps[`shop-${name}-prepare`]).toEqual(expect.arrayContaining(["shop-one", "shop-two"]));
      expect(plainOf(named(`shop-${name}`)).create).toContain(" --confirm-within 120 ");
      expect(plainOf(named(`shop-${name}-confirm`)).create).toMatch(
        /^\/opt\/slipway\/bin\/slipway confirm shop --release [0-9a-f]{12} --version 1\.4\.0 --token /,
      );
      expect(named(`shop-${name}-confirm`).inputs).not.toHaveProperty("stdin");
      expect(isSecretInput(named(`shop-${name}-stage`).inputs.stdin)).toBe(true);
    }
    expect(Object.keys(steps).sort()).toEqual([
      "one-host",
      "shop-one",
      "shop-one-confirm",
      "shop-one-prepare",
      "shop-one-stage",
      "shop-two",
      "shop-two-confirm",
      "shop-two-prepare",
      "shop-two-stage",
      "two-host",
    ]);
  });
});

describe("an application", () => {
  it("removes its data only where its settings say so", async () => {
    await program(settings(["host-1"], { removeData: true }));
    await waitUntilIdle();
    expect(plainOf(named("shop-host-1")).delete).toMatch(/ --data$/);
  });

  it("may change each command by `transform`", async () => {
    await program(settings(["host-1"]), [
      {
        ...SHOP,
        transform: { command: (args: object, name: string) => ({ ...args, environment: { ON: name } }) },
      } as typeof SHOP,
    ]);
    await waitUntilIdle();
    expect(named("shop-host-1").inputs.environment).toEqual({ ON: "host-1" });
  });

  it("takes the digest that it is given, and asks no registry for it", async () => {
    const digest = `sha256:${"d".repeat(64)}`;
    const environment = await program(settings(["host-1"], { digest }));
    await waitUntilIdle();
    expect(called).toEqual([]);
    expect(environment.applications.shop!.version).toBe("1.4.0");
    expect(plainOf(named("shop-host-1")).stdin).toContain(`ghcr.io/anna/shop@${digest}`);
  });

  it("keeps the version that it was deployed in last, where the settings give none", async () => {
    const two = {
      ...settings([]),
      hosts: settings(["host-1"]).hosts,
      applications: { blog: { hosts: ["host-1"] } },
      secrets: {},
    };
    const environment = await program(two, [{ ...SHOP, name: "blog" }]);
    await waitUntilIdle();
    expect(environment.applications.blog!.version).toBe("2.0.0");
    expect(plainOf(named("blog-host-1")).create).toContain(" --version 2.0.0 ");
  });

  it("whose images do not exist says for each where to set another, in the settings or in the declaration", async () => {
    const shop = { version: "9.9.9", image: "127.0.0.1:1/shop", images: { search: "127.0.0.1:1/search:9.9.9" } };
    const services = { web: { port: 8000, health: "/" }, search: { image: "127.0.0.1:1/find:9.9.9" } };
    const declared = {
      ...SHOP,
      services: { ...services, queue: { image: "127.0.0.1:1/queue:9.9.9" } },
      database: "127.0.0.1:1/postgres:9.9.9",
      cache: "127.0.0.1:1/redis:9.9.9",
    };
    const secrets = { shop: { DATABASE_PASSWORD: "planted-password" } };
    const found = await failures(5, () => program({ ...settings(["host-1"], shop), secrets }, [declared]));
    expect(found.map(({ message }) => message).sort()).toEqual(
      [
        ["postgres", "apps: shop.database"],
        ["queue", "apps: shop.services.queue.image"],
        ["redis", "apps: shop.cache"],
        ["search", "slipway:applications.shop.images.search"],
        ["shop", "slipway:applications.shop.version"],
      ].map(([image, place]) => `image 127.0.0.1:1/${image}:9.9.9 does not exist; push it first or correct ${place}`),
    );
  });

  it("that no settings name is left out", async () => {
    const environment = await program(settings(["host-1"]), [SHOP, { ...SHOP, name: "blog" }]);
    await waitUntilIdle();
    expect(Object.keys(environment.applications)).toEqual(["shop"]);
  });
});

describe("nothing is made", () => {
  it("when settings name an application that nobody declares", async () => {
    await expect(program(settings(["host-1"]), [{ ...SHOP, name: "blog" }])).rejects.toThrow(
      "slipway:applications.shop: no application of this name is declared; add apps/shop.ts, or correct the name (declared: blog)",
    );
    expect(made).toEqual([]);
  });

  it("when an application has no version, and none was deployed", async () => {
    const { version: _, ...shop } = settings(["host-1"]).applications.shop;
    await expect(program({ ...settings(["host-1"]), applications: { shop } })).rejects.toThrow(
      'slipway:applications.shop.version: is missing, and this stack has not deployed one yet; write a semantic version like "1.4.0"',
    );
    expect(made).toEqual([]);
  });

  it("when two applications declare one domain on one host", async () => {
    const two = {
      ...settings(["host-1"]),
      applications: { shop: { version: "1.4.0", hosts: ["host-1"] }, blog: { version: "1.0.0", hosts: ["host-1"] } },
    };
    await expect(program(two, [SHOP, { ...SHOP, name: "blog" }])).rejects.toThrow(
      'apps: blog.domain: "shop.example.com" already leads to shop on the host host-1',
    );
    expect(made).toEqual([]);
  });

  it("when the settings are wrong: all problems, without a stack trace", async () => {
    const failure = await program({ hosts: {}, applications: { shop: { version: "x y", hosts: ["nowhere"] } } }).catch(
      (error: unknown) => error,
    );
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toMatch(/problems in the settings \(Pulumi\.dev\.yaml\):\n/);
    expect(made).toEqual([]);
  });

  it("when the SSH agent that every connection asks does not answer", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "/nonexistent/agent");
    await expect(program(settings(["host-1"]))).rejects.toThrow(
      'SSH_AUTH_SOCK: "/nonexistent/agent" is not the socket of a running SSH agent (ENOENT)',
    );
    vi.unstubAllEnvs();
    expect(made).toEqual([]);
  });

  it("on a host by an application whose declaration is wrong", async () => {
    const failure = await program(settings(["host-1"]), [{ ...SHOP, domain: "a b", hold: "x" }]).catch(
      (error: unknown) => error,
    );
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message.split("\n")).toEqual([
      expect.stringContaining("apps: shop.domain"),
      expect.stringContaining("apps: shop.hold"),
    ]);
    await waitUntilIdle();
    expect(commands().filter(({ name }) => name.startsWith("shop"))).toEqual([]);
  });
});
