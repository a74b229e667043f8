/** Files that go with a release: its Compose file, what a host is sent, and what a plan shows. */
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { deployInput } from "../../components/protocol/commands.ts";
import { releaseInputSchema } from "../../components/protocol/input.ts";
import type { Manifest } from "../../components/protocol/manifest.ts";
import { receivedInput, receivedManifest } from "../../components/protocol/received.ts";
import { renderRelease } from "../../components/release/render.ts";
import { type Review, reviewOf } from "../../components/release/review.ts";
import { type Beside, type Given, releaseOf, stackOf } from "../fixtures/application.ts";

const SPEC: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  domain: "shop.example.com",
  services: { web: { port: 8000 } },
};
const COMPOSE = `
services:
  web:
    image: ghcr.io/anna/shop
    env_file: [app.env]
    configs: [banner]
    secrets: [token]
  nginx:
    image: nginx:1
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./conf.d:/etc/nginx/conf.d"]
  db:
    image: postgres:15
    user: "70:70"
    secrets: [password]
    volumes: ["./init:/docker-entrypoint-initdb.d:ro", "db:/var/lib/postgresql/data"]
volumes: { db: }
secrets:
  password: { file: ./password.txt }
  token: { environment: TOKEN }
configs:
  banner: { content: "hello \${NAME:-you}\\n" }
`;
const BESIDE: Record<string, Beside> = {
  "app.env": "API_KEY=planted-env\n",
  "nginx.conf": "events {}\n",
  "conf.d/default.conf": "server {}\n",
  "init/1.sql": "create table a ();\n",
  "init/2.sh": { content: "#!/bin/sh\n", executable: true },
  "password.txt": "planted-file",
};
const GIVEN: Given = { compose: COMPOSE, beside: BESIDE, secrets: { TOKEN: "planted-token" } };
const given = (beside: Record<string, Beside>, more: Given = {}): Given => ({
  ...GIVEN,
  ...more,
  beside: { ...BESIDE, ...beside },
});
/** Folders that are named by content, by letters in the order in which they appear. */
function lettered(text: string): string {
  const seen: string[] = [];
  return text.replaceAll(/(?<=(?:release-files|secrets)\/)[0-9a-f]{16}/g, (name) => {
    if (!seen.includes(name)) seen.push(name);
    return String.fromCharCode(65 + seen.indexOf(name));
  });
}
const manifestOf = (files: { "manifest.json": string }): Manifest => JSON.parse(files["manifest.json"]);

describe("a release with files", () => {
  const release = releaseOf(SPEC, GIVEN);

  it("names them in its Compose file by their places on the host", () => {
    const { services, secrets, configs } = parse(lettered(release.files["compose.yaml"]));
    expect({
      files: services.web.env_file,
      nginx: services.nginx.volumes,
      db: services.db.volumes,
      secrets,
      configs,
    }).toEqual({
      configs: { banner: { file: "/opt/shop/release-files/A/configs.banner" } },
      secrets: {
        password: { file: "/opt/shop/secrets/B/password_txt" },
        token: { file: "/opt/shop/secrets/C/secrets_token" },
      },
      db: ["/opt/shop/release-files/D/init:/docker-entrypoint-initdb.d:ro", "db:/var/lib/postgresql/data"],
      nginx: [
        "/opt/shop/release-files/E/nginx.conf:/etc/nginx/nginx.conf:ro",
        "/opt/shop/release-files/F/conf.d:/etc/nginx/conf.d",
      ],
      files: ["/opt/shop/secrets/G/app_env"],
    });
  });

  it("brings them with their modes and digests, in a form that a host takes", () => {
    const input = JSON.parse(deployInput(release, []));
    expect(releaseInputSchema.parse(input)).toEqual(input);
    expect(receivedInput.parse(input)).toEqual(input);
    expect(() => receivedManifest.parse(manifestOf(release.files))).not.toThrow();
    const init = Object.values(release.releaseFiles!).find(({ files }) => files[0]!.path.startsWith("init/"))!;
    expect(init.files).toEqual([
      { path: "init/1.sql", size: 19, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { path: "init/2.sh", size: 10, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), executable: true },
    ]);
    expect(gunzipSync(Buffer.from(init.data, "base64")).toString()).toBe("create table a ();\n#!/bin/sh\n");
    const banner = Object.values(release.releaseFiles!).find(({ files }) => files[0]!.path === "configs.banner")!;
    expect(gunzipSync(Buffer.from(banner.data, "base64")).toString()).toBe("hello you\n");
  });

  it("brings secrets to who reads them, and a copy of what only they could read", () => {
    const byName = Object.fromEntries(
      Object.entries(release.secretFiles).map(([path, { sha256: _, ...rest }]) => [path.split("/")[1], rest]),
    );
    expect(byName).toEqual({
      app_env: { content: "API_KEY=planted-env\n" },
      password_txt: { content: "planted-file", owner: 70 },
      password_txt_shown: { content: "planted-file" },
      secrets_token: { content: "planted-token", open: true },
    });
    expect(
      manifestOf(release.files)
        .secretTexts!.map((path) => path.split("/")[1])
        .sort(),
    ).toEqual(["app_env", "password_txt_shown", "secrets_token"]);
  });

  it("tells secrets nowhere but in the files that hold them", () => {
    const { secretFiles, files, ...rest } = release;
    const { ".env": _, ...open } = files;
    expect(JSON.stringify([open, rest, Object.keys(secretFiles)])).not.toMatch(/planted/);
  });

  it.each<[string, Record<string, Beside>]>([
    ["a file", { "nginx.conf": "events { }\n" }],
    ["a file of a folder", { "conf.d/default.conf": "server { }\n" }],
    ["one more file of a folder", { "conf.d/b.conf": "" }],
    ["a mode", { "init/1.sql": { content: "create table a ();\n", executable: true } }],
    ["a file of variables", { "app.env": "API_KEY=other\n" }],
    ["a secret", { "password.txt": "other" }],
  ])("has another name after a change of %s", (_, beside) =>
    expect(releaseOf(SPEC, given(beside)).id).not.toBe(release.id),
  );

  it("has the same name after a change of a file that nobody names, and other places where it lies elsewhere", () => {
    expect(releaseOf(SPEC, given({ "other.conf": "x" })).id).toBe(release.id);
    expect(new Set(Object.keys(release.releaseFiles!)).size).toBe(4);
  });

  it("recreates an accessory exactly when its own files change", () => {
    const hash = (beside: Record<string, Beside>, more: Given = {}) =>
      manifestOf(releaseOf(SPEC, given(beside, more)).files).accessoriesHash;
    const before = hash({});
    expect([hash({ "app.env": "A=1" }), hash({}, { settings: { version: "1.4.1" } as never })]).toEqual([
      before,
      before,
    ]);
    for (const file of ["init/1.sql", "password.txt", "nginx.conf"]) expect(hash({ [file]: "x" })).not.toBe(before);
  });

  it("brings nothing that a transform took out", () => {
    const compose = ({ services: { nginx, ...services }, ...rest }: any) => ({
      ...rest,
      services: { ...services, nginx: { ...nginx, volumes: [] } },
    });
    const { releaseFiles } = renderRelease(stackOf(SPEC, GIVEN), { compose });
    expect(
      Object.values(releaseFiles!)
        .map(({ files }) => files[0]!.path)
        .sort(),
    ).toEqual(["configs.banner", "init/1.sql"]);
  });

  it("without any is sent as before", () => {
    const compose = "services: {web: {image: ghcr.io/anna/shop}}";
    const plain = releaseOf(SPEC, { compose });
    expect(Object.keys(JSON.parse(deployInput(plain, [])))).toEqual(["files", "secretFiles", "registries"]);
    expect(plain.files["manifest.json"]).not.toContain("secretTexts");
  });

  it("brings what is no text as it is", () => {
    const bytes = Uint8Array.from([0, 255, 10, 200]);
    const { secretFiles } = releaseOf(SPEC, given({ "password.txt": bytes }));
    const file = Object.entries(secretFiles).find(([path]) => path.endsWith("password_txt"))![1];
    expect(file).toEqual({ content: Buffer.from(bytes).toString("base64"), base64: true, owner: 70 });
  });
});

describe("inline configs and secrets", () => {
  const release = (service: string, rest: string, more: Given = {}) =>
    releaseOf(SPEC, { compose: `services: {web: {image: ghcr.io/anna/shop, ${service}}}\n${rest}`, ...more });

  it("of own services are files, secret where a secret is in them", () => {
    const { secretFiles, releaseFiles, files } = release(
      "configs: [a, b]",
      "configs: {a: {content: 'x ${TOKEN}'}, b: {environment: VERSION}}",
      {
        secrets: { TOKEN: "planted" },
      },
    );
    expect(Object.values(secretFiles).map(({ content }) => content)).toEqual(["x planted"]);
    expect(Object.values(releaseFiles!).map(({ data }) => gunzipSync(Buffer.from(data, "base64")).toString())).toEqual([
      "1.4.0",
    ]);
    expect(files["compose.yaml"]).not.toMatch(/content:|environment: "VERSION"|planted/);
  });

  it("of accessories alone are left to Compose", () => {
    const compose =
      "services: {web: {image: ghcr.io/anna/shop}, db: {image: 'kv:1', configs: [a]}}\nconfigs: {a: {content: x}}";
    const { files, releaseFiles } = releaseOf(SPEC, { compose });
    expect([parse(files["compose.yaml"]).configs, releaseFiles]).toEqual([{ a: { content: "x" } }, undefined]);
  });

  it("may be executed where the mode says so", () => {
    const executable = (mode: string) =>
      Object.values(release(`configs: [{source: a, mode: ${mode}}]`, "configs: {a: {content: x}}").releaseFiles!)[0]!
        .files[0]!.executable;
    expect([executable("0755"), executable("'0555'"), executable("0440")]).toEqual([true, true, undefined]);
  });

  it("need a value", () =>
    expect(() => release("secrets: [a]", "secrets: {a: {environment: NONE}}")).toThrow(
      /^apps: shop\.compose: "\$\{NONE\}" has no value; set slipway:secrets\.shop\.NONE/,
    ));
});

describe("the review of a release with files", () => {
  const review = (more: Given = GIVEN): Record<string, string> => {
    const stack = stackOf(SPEC, more);
    return (reviewOf(stack, renderRelease(stack)) as any).files;
  };

  it("shows each by path, size and digest, and of a secret a mark that changes with it", () => {
    const { "compose.yaml": _, ...files } = review();
    expect(files).toEqual({
      "./nginx.conf": "10 B, sha256 b2496c33033e",
      "./conf.d/default.conf": expect.stringMatching(/^10 B, sha256 [0-9a-f]{12}$/),
      "./init/1.sql": expect.stringMatching(/^19 B, sha256 [0-9a-f]{12}$/),
      "./init/2.sh": expect.stringMatching(/^10 B, sha256 [0-9a-f]{12}, executable$/),
      "configs.banner": expect.stringMatching(/^10 B, sha256 [0-9a-f]{12}$/),
      "app.env": expect.stringMatching(/^20 B, secret:[0-9a-f]{4}$/),
      "./password.txt": expect.stringMatching(/^12 B, secret:[0-9a-f]{4}$/),
      "secrets.token": expect.stringMatching(/^13 B, secret:[0-9a-f]{4}$/),
    });
    expect(review(given({ "app.env": "API_KEY=planted-ENV\n" }))["app.env"]).not.toBe(files["app.env"]);
  });

  it("shows a folder of many as one", () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`conf.d/${index}.conf`, "x"]));
    expect(review(given(many))["./conf.d"]).toMatch(/^102 files, 111 B, named release-files\/[0-9a-f]{16}\/conf\.d$/);
  });

  it("holds no secret, and says of what is known later that it is", () => {
    const stack = stackOf(SPEC, { ...GIVEN, secrets: { TOKEN: "later" } });
    const text = JSON.stringify(reviewOf(stack, renderRelease(stack), "later") as Review);
    expect(JSON.parse(text).files["secrets.token"]).toBe("later");
    expect(text).not.toContain("planted");
  });
});
