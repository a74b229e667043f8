/** Files that go with a release, on a real host: mounted, read by who should, changed, rolled back, seen where somebody edits them. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Release } from "../../components/release/model.ts";
import type { Beside, Given } from "../fixtures/application.ts";
import { expectOk, type Result } from "../support/run.ts";
import { CADDY, REGISTRY, SHOP } from "../support/sandbox.ts";
import { findMarker, plant, sampleProcesses } from "../support/secrets.ts";
import { askHost } from "../support/served.ts";
import { containers } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "files-host";
const MARKER = plant("files");
const COMPOSE = `
services:
  web:
    image: ${SHOP}
    env_file: [app.env]
    configs: [{ source: banner, target: /run/secrets/banner }]
    secrets: [key, open, inline]
    user: "10001"
  front:
    image: ${CADDY}
    user: "12345"
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "./static:/srv/static:ro"]
  noisy:
    image: ${REGISTRY}/redis:7
    env_file: app.env
    entrypoint: ["/bin/sh", "-c", 'eval "$$SCRIPT"']
    volumes: ["./hooks:/hooks", "noisy:/data"]
    stop_grace_period: 1s
  db:
    image: ${REGISTRY}/postgres:15
    environment: { POSTGRES_PASSWORD_FILE: /run/secrets/open }
    secrets: [open]
    volumes: ["./init:/docker-entrypoint-initdb.d:ro", "db:/var/lib/postgresql/data"]
    healthcheck: { test: ["CMD", "pg_isready", "-h", "127.0.0.1"], interval: 10s }
volumes: { db: , noisy: }
secrets:
  key: { file: ./key.bin }
  open: { file: ./password.txt }
  inline: { environment: TOKEN }
configs:
  banner: { content: "welcome to \${VERSION}" }
`;
const KEY = Buffer.from([0, 1, 255, 10]);
const BESIDE: Record<string, Beside> = {
  "app.env": `MARK=${MARKER}\nLEVEL=info\nSCRIPT=trap 'exit 0' TERM; sleep infinity & wait\n`,
  "key.bin": KEY,
  "password.txt": `password-${MARKER}`,
  Caddyfile: "{\n\tadmin off\n\tauto_https off\n\tpersist_config off\n}\n:8080 {\n\troot * /srv\n\tfile_server\n}\n",
  "static/hello.txt": "one\n",
  "static/deep/page.txt": "deep\n",
  "hooks/run.sh": { content: "#!/bin/sh\necho ran as $(id -u)\n", executable: true },
  "init/1.sql": "create table visits_of_init (n int);\n",
  "init/2.sh": 'psql --username postgres --command "insert into visits_of_init values (42)"\n',
};
const deployment = new Deployment(target, {
  ...sample(NAME),
  compose: "compose.yaml",
  services: {
    web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
    front: {
      port: 8080,
      path: "/static",
      accessory: false,
      health: { path: "/static/hello.txt", interval: "100ms", successes: 2 },
      drain: "1s",
    },
    noisy: { accessory: false, health: { successes: 2 } },
  },
});
const given = (beside: Record<string, Beside> = {}): Given => ({
  compose: COMPOSE,
  beside: { ...BESIDE, ...beside },
  secrets: { TOKEN: `token-${MARKER}` },
});
const outputs: Record<string, string> = {};
const said = (name: string, { stdout, stderr }: Result): string => (outputs[name] = `${stdout}\n${stderr}`);

const page = async (path = "hello.txt"): Promise<string> =>
  (await askHost(target, deployment.domain, `/static/${path}`)).body;
const told = async (path: string): Promise<{ sha256: string; set: boolean }> =>
  JSON.parse((await askHost(target, deployment.domain, path)).body);
const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
const id = async (service: string): Promise<string> =>
  (await containers(target, NAME)).find((container) => container.service === service)!.id;
const placed = ({ files }: Release, name: string): string =>
  new RegExp(`/opt/${NAME}/(?:release-files|secrets)/[0-9a-f]{16}/${name}`).exec(files["compose.yaml"])![0];

let first: Release;
let database: string;

beforeAll(async () => {
  await ready(deployment);
  const samplers = await Promise.all([sampleProcesses([MARKER], target), sampleProcesses([MARKER])]);
  first = await deployment.release("1.0.0", given());
  const result = await deployment.deploy(first);
  said("first", result);
  expectOk(result);
  const found = await findMarker(MARKER, { samplers });
  expect(found.leaks).toEqual([]);
  database = await id("db");
});
afterAll(() => deployment.end());

it("are served, by a user that owns none of them", async () => {
  expect([await page(), await page("deep/page.txt")]).toEqual(["one\n", "deep\n"]);
  expect(await deployment.seen()).toMatchObject({ release: first.id, differences: [] });
});

it("reach who reads them: variables, secrets by file and by variable, and inline configs", async () => {
  expect(await told("/env?name=MARK")).toMatchObject({ set: true, sha256: sha256(MARKER) });
  const files = { key: KEY, open: `password-${MARKER}`, inline: `token-${MARKER}`, banner: "welcome to 1.0.0" };
  for (const [name, content] of Object.entries(files))
    expect(await told(`/file?path=/run/secrets/${name}`), name).toMatchObject({ set: true, sha256: sha256(content) });
  // The database's program is not root when it reads.
  expect(await target.ask(`docker exec ${database} psql -U postgres -Atc 'select n from visits_of_init'`)).toBe("42\n");
});

it("keep which of them may be executed", async () =>
  expect(await target.ask(`docker exec --user 65534 ${await id("noisy")} /hooks/run.sh`)).toBe("ran as 65534\n"));

it("are found by Docker Compose in the folder of what runs", async () => {
  const named = await target.ask(
    `cd /opt/${NAME}/current && docker compose config --format json | jq -r '.secrets.open.file'`,
  );
  expect(named.trim()).toBe(placed(first, "password_txt"));
  expect(await target.ask(`cat ${named.trim()}`)).toBe(`password-${MARKER}`);
});

it("are a new release after a change, which leaves the database alone; a rollback brings the old ones back", async () => {
  const second = await deployment.deployed("1.0.0", { given: given({ "static/hello.txt": "two\n" }) });
  expect(second.id).not.toBe(first.id);
  expect([await page(), await id("db")]).toEqual(["two\n", database]);
  expectOk(await slipway(`rollback ${NAME}`));
  expect([await page(), await id("db")]).toEqual(["one\n", database]);
  expect(await deployment.seen()).toMatchObject({ release: first.id, differences: [] });
});

it.each<[string, string]>([
  ["static", "/hello.txt"],
  ["app_env", ""],
])("are seen to be edited on the host, and put right: %s%s", async (name, below) => {
  const release = await deployment.deployed("1.0.0", { given: given() });
  await target.ask(`echo hacked >>${placed(release, name)}${below}`);
  const difference = `the files of release ${release.id} were changed by hand`;
  expect(await deployment.seen()).toMatchObject({ differences: [difference] });
  expectOk(await deployment.deploy(release));
  expect(await deployment.seen()).toMatchObject({ differences: [] });
  expect(await page()).toBe("one\n");
  expect(await told("/env?name=MARK")).toMatchObject({ sha256: sha256(MARKER) });
});

it("stay out of the last lines of a container that fails, and out of every other place", async () => {
  const env = BESIDE["app.env"] as string;
  const failing = env.replace(/SCRIPT=.*/, 'SCRIPT=echo "level $LEVEL mark $MARK"; sleep 0.2; exit 3');
  const release = await deployment.release("1.0.0", given({ "app.env": failing }));
  const result = await deployment.deploy(release);
  expect(result.code).not.toBe(0);
  expect(said("failing", result)).toContain("level info mark [secret]");
  expect(await page()).toBe("one\n");
  const { leaks, expected } = await findMarker(MARKER, { texts: outputs, hosts: [target] });
  expect(leaks.filter((place) => !/container .*: log$/.test(place))).toEqual([]);
  expect(expected.join("\n")).toMatch(/\/secrets\/[0-9a-f]{16}\/app_env \(600\)/);
});

it("go with the application; what it wrote itself beside them stays until its data goes", async () => {
  await target.ask(`docker exec --user 0 ${await id("noisy")} sh -c 'echo data >/hooks/own'`);
  expectOk(await deployment.destroy(false));
  const left = await target.ask(
    `cd /opt/${NAME} && sudo find release-files secrets -type f 2>/dev/null | sed 's/[0-9a-f]\\{16\\}/ID/' | sort`,
  );
  expect(left.split("\n").filter((line) => line !== "")).toEqual([
    "release-files/ID.sums",
    "release-files/ID/hooks/own",
    "release-files/ID/hooks/run.sh",
  ]);
});
