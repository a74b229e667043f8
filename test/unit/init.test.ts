/** What `slipway init` sees in a repository, and that what it declares can be deployed. */
import { describe, expect, it } from "vitest";
import type { Checkout } from "../../cli/init/checkout.ts";
import { readDockerfile } from "../../cli/init/dockerfile.ts";
import { imageInWorkflows, remoteOf } from "../../cli/init/remote.ts";
import { type Answers, nextCommands, renderProject } from "../../cli/init/render.ts";
import { applicationName, recognise } from "../../cli/init/seen.ts";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { planApplication } from "../../components/application/plan.ts";
import { context } from "../fixtures/application.ts";
import {
  checkout,
  DEVELOPMENT_COMPOSE,
  EMPTY,
  GO,
  NODE_COMPOSE,
  OVERLAY,
  PYTHON,
  THIRD_PARTY,
} from "../fixtures/checkouts.ts";

const LIBRARY = { name: "@scope/slipway", spec: "file:slipway.tgz", typescript: "6.0.3" };

/** What is written without a question. */
function project(from: Checkout, more: Partial<Answers> = {}) {
  const seen = recognise(from);
  const { name, image, port } = seen;
  const answers = { name, user: "deploy", ...(image && { image }), ...(port && { port }), ...more };
  const files = renderProject(seen, answers, LIBRARY, "..");
  const path = Object.keys(files).find((file) => file.startsWith("apps/"))!;
  const code = files[path]!;
  const spec = new Function("defineApplication", code.replace(/^import.*\n/, "").replace("export default", "return"))(
    (written: unknown) => written,
  ) as ApplicationSpec;
  return { seen, answers, files, path, code, spec };
}

/** Its plan, where the repository's files are around the project and all that is asked for has a value. */
function planOf({ spec, seen }: ReturnType<typeof project>, { texts }: Checkout) {
  const secrets = ["DATABASE_PASSWORD", ...(seen.compose?.variables ?? [])];
  return planApplication(spec, {
    ...context({ secrets: Object.fromEntries(secrets.map((name) => [name, "x"])) }),
    readFile: (path) => {
      const text = texts[path.replace(/^\.\.\//, "")];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
  });
}

describe("init", () => {
  it("declares a Python application from its Dockerfile, with its database, cache and migration", () =>
    expect(project(PYTHON).spec).toEqual({
      name: "guest-book",
      image: "ghcr.io/anna/guest_book",
      domain: "guest-book.example.com",
      services: { web: { port: 8000, health: "/api/v1/health", user: "image" } },
      database: "postgres:17",
      cache: "redis:7",
      migration: ["alembic", "upgrade", "head"],
    }));

  it("takes a Compose file for production as it is, before one for development", () => {
    const { spec, seen } = project(NODE_COMPOSE);
    expect(spec).toEqual({
      name: "tracker",
      image: "ghcr.io/anna/tracker",
      compose: "../docker-compose.prod.yml",
      domain: "tracker.example.com",
      services: { web: { port: 3000, health: "/healthz" } },
    });
    expect(seen.compose?.variables).toEqual(["DB_PASSWORD", "HOSTNAME_OF_SITE"]);
  });

  it("puts a file for production on top of the one that it changes", () =>
    expect(project(OVERLAY).spec).toMatchObject({
      image: "ghcr.io/anna/board",
      compose: ["../compose.yaml", "../compose.prod.yaml"],
      services: { web: { port: 3000 } },
    }));

  it("does not deploy a Compose file that mounts the sources, but takes its database's image from it", () => {
    const { spec, seen } = project(DEVELOPMENT_COMPOSE);
    expect(spec).toMatchObject({
      name: "my-site",
      services: { web: { port: 8000 } },
      database: "postgres:14",
      migration: ["python", "manage.py", "migrate", "--noinput"],
    });
    expect(seen.found).toContain("compose.yaml is for development (web mounts ./), so it is not deployed");
  });

  it("declares a Go application by the last stage of its Dockerfile", () => {
    const { spec, code } = project(GO);
    expect(spec).toEqual({
      name: "shortener",
      image: "ghcr.io/your-name/shortener",
      domain: "shortener.example.com",
      services: { web: { port: 8080, health: "/healthz" } },
    });
    expect(code).toContain('// build: { context: ".." }');
  });

  it("deploys somebody else's application by its Compose file, without an image of one's own", () => {
    const { spec, files } = project(THIRD_PARTY);
    expect(spec).toEqual({
      name: "wiki",
      compose: "../compose.yaml",
      domain: "wiki.example.com",
      services: { wiki: { port: 3000 } },
    });
    expect(files["Pulumi.prod.yaml"]).toContain("wiki: { version: 2.5.1, hosts: [web-1] }");
  });

  it("leaves open what nothing tells", () =>
    expect(project(EMPTY).spec).toEqual({
      name: "app",
      image: "ghcr.io/your-name/app",
      services: { web: {} },
    }));

  it.each([
    ["Python", PYTHON],
    ["Node with Compose", NODE_COMPOSE],
    ["Compose with a file on top", OVERLAY],
    ["Compose for development", DEVELOPMENT_COMPOSE],
    ["Go", GO],
    ["somebody else's Compose file", THIRD_PARTY],
  ])("declares of %s what can be deployed when its settings are filled in", (_, from) => {
    const written = project(from);
    expect(planOf(written, from).stack.services).toHaveLength(1);
  });

  it("writes the answers where they belong", () => {
    const { files, spec } = project(GO, {
      image: "registry.example.org/tools/shortener",
      domain: "http://s.example.org",
      address: "203.0.113.7",
      hostKey: "ssh-ed25519 AAAA",
      user: "anna",
    });
    expect(spec).toMatchObject({ image: "registry.example.org/tools/shortener", domain: "http://s.example.org" });
    expect(files["Pulumi.prod.yaml"]).toMatch(
      /address: 203\.0\.113\.7\n +user: anna\n.*\n +hostKey: ssh-ed25519 AAAA\n/,
    );
    expect(files["Pulumi.prod.yaml"]).toContain("registry.example.org: {");
  });

  it("writes a program that a name with a hyphen, or of JavaScript's own, does not break", () => {
    const { files } = project(checkout({}, { folder: "my-2-shops" }));
    expect(files["index.ts"]).toContain('import application from "./apps/my-2-shops.ts"');
    expect(files["index.ts"]).toContain("deploy([application])");
  });

  it("ends with a command for each value that is needed, secrets among them as such", () => {
    const { seen, answers } = project(NODE_COMPOSE);
    const commands = nextCommands(seen, answers, "..");
    expect(commands).toContain(
      'npx pulumi config set --secret --path slipway:secrets.tracker.DB_PASSWORD "$(openssl rand -hex 24)"',
    );
    expect(commands).toContain(
      "npx pulumi config set --path slipway:applications.tracker.environment.HOSTNAME_OF_SITE …",
    );
    expect(commands.at(-1)).toMatch(/^npx pulumi preview/);
  });

  it("ends with the import of a .env beside the Compose file, in place of a command for each of its values", () => {
    const { seen, answers } = project({ ...NODE_COMPOSE, paths: [...NODE_COMPOSE.paths, ".env"] });
    const commands = nextCommands(seen, answers, "..");
    expect(commands.at(-2)).toBe("npm exec --no -- slipway import ../.env   # asks which values are secret");
    expect(commands.join()).not.toContain("config set");
  });
});

describe("a repository's origin", () => {
  const of = (url: string) => remoteOf(`[remote "origin"]\n\turl = ${url}\n`);
  it.each([
    ["git@github.com:anna/hello.git", "github.com", "anna", "hello"],
    ["https://github.com/anna/hello", "github.com", "anna", "hello"],
    ["https://anna:token@git.example.org/group/sub/hello.git", "git.example.org", "group/sub", "hello"],
    ["ssh://git@git.example.org:2222/tools/hello.git/", "git.example.org", "tools", "hello"],
  ])("is read from %s", (url, host, owner, name) => expect(of(url)).toEqual({ host, owner, name }));

  it("is none where there is only a folder, or another remote", () => {
    expect(of("hello.git")).toBeUndefined();
    expect(remoteOf('[remote "upstream"]\n\turl = git@github.com:anna/hello.git\n')).toBeUndefined();
  });
});

it("an image is found in a workflow that names it by expressions, and not where one is unknown", () => {
  const remote = { host: "github.com", owner: "Anna", name: "hello" };
  const inWorkflow = (text: string) => imageInWorkflows(checkout({ ".github/workflows/a.yml": text }), remote);
  expect(inWorkflow("ghcr.io/${{ github.repository_owner }}/web:${{ github.sha }}")).toBe("ghcr.io/anna/web");
  expect(inWorkflow("ghcr.io/anna/${{ matrix.image }}:1")).toBeUndefined();
});

describe("a Dockerfile", () => {
  it("tells port, health check and user of its last stage", () =>
    expect(
      readDockerfile(
        "FROM a\nUSER root\nEXPOSE 1\nFROM b\nENV PORT=9000\nEXPOSE ${PORT}\nUSER 1000\nHEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:9000/livez?full=1 || exit 1\n",
      ),
    ).toEqual({ port: 9000, health: "/livez", hasUser: true }));

  it("tells nothing that is not in it", () =>
    expect(readDockerfile("FROM a\nUSER root\n")).toEqual({ hasUser: false }));
});

it.each([
  ["Guest_Book", "guest-book"],
  ["2048", "app"],
  ["slipway", "app"],
  ["--x--y--", "x-y"],
])("the repository %s becomes the application %s", (text, name) => expect(applicationName(text)).toBe(name));
