/** Data of a database, of an SQLite file and of a volume goes to a folder by the real restic, and comes back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { OLD, REDIS } from "../support/faults/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { REGISTRY, seed } from "../support/sandbox.ts";
import { plant } from "../support/secrets.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { prepare, STACK, slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "kept";
const password = plant("backups");
const shell = (text: string): string[] => ["sh", "-c", text];
const yearly = { schedule: "0 3 1 1 *", drill: "0 5 1 1 *" };

/** `worker` writes to both volumes all the time. */
const spec: ApplicationSpec = sample(NAME, {
  database: `${REGISTRY}/postgres:15`,
  services: {
    web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
    worker: {
      image: REDIS,
      accessory: false,
      volumes: ["files:/data", "book:/book"],
      command: shell("trap exit TERM; while :; do date >>/data/ticks; sleep 0.1; done"),
    },
  },
  backups: {
    orders: { what: "postgres", service: "db", check: { query: "select count(*) from orders", atLeast: 2 }, ...yearly },
    book: { what: "sqlite", service: "worker", file: "/book/app.db", check: "select count(*) from notes", ...yearly },
    files: { what: "volume", service: "worker", volume: "files", check: ["test", "-s", "/data/letter"], ...yearly },
  },
});
const [project, stack] = STACK.split("/");
const deployment = new Deployment(target, spec, `${stack}::${project}::slipway:stack:ComposeStack::${NAME}@web-1`);

const REPOSITORY = "/srv/kept-backups";
const backups = (more = {}) => ({
  fingerprint: "00ff00ff00ff00ff",
  host: "web-1",
  applications: [NAME],
  destinations: [{ name: "nas", repository: REPOSITORY, password, ...more }],
});
const folder = (volume: string): string => `/var/lib/docker/volumes/${NAME}_${volume}/_data`;
const sql = async (query: string, base = "app"): Promise<string> =>
  (await target.ask(`docker exec -i ${NAME}-db-1 psql -U app -Atqc "${query}" ${base}`)).trim();
const book = async (query: string): Promise<string> =>
  (await target.ask(`sudo sqlite3 ${folder("book")}/app.db "${query}"`)).trim();
const rows = (): Promise<string> => sql("select string_agg(x::text, ',' order by x) from orders");
const ok = (result: Result): string => expectOk(result).stdout;
const refused = (result: Result): string => {
  expect([result.code === 0, `${result.stdout}${result.stderr}`.includes(password)]).toEqual([false, false]);
  return result.stderr.trim().split("\n").at(-1)!;
};
const details = async () => JSON.parse(ok(await slipway("inspect --details"))).applications[NAME];
/** Containers and volumes that are nobody's. */
const left = (): Promise<string> =>
  target.ask(
    `docker ps --all --filter label=com.docker.compose.oneoff=True --format '{{.Names}}'; docker volume ls --format '{{.Name}}' | grep -E 'drill|_2' || true; docker ps --all --filter status=paused --format '{{.Names}}'; ls -A /opt/${NAME}/.backups/*/ | grep work || true`,
  );

beforeAll(async () => {
  await ready(deployment);
  await target.ask(`sudo rm -rf ${REPOSITORY}`);
  await prepare({ backups: backups() });
  await seed(`shop:${OLD}`);
  await deployment.deployed(OLD, {
    given: { destinations: ["nas"], secrets: { DATABASE_PASSWORD: "planted-postgres" } },
  });
  await sql("create table orders(x int); insert into orders values (1),(2),(3)");
  await target.ask(
    `owner=$(sudo stat -c %u:%g ${folder("book")}); sudo sqlite3 ${folder("book")}/app.db 'pragma journal_mode=wal; create table notes(x); insert into notes values (1)'; sudo chown $owner ${folder("book")}/app.db; echo hello | sudo tee ${folder("files")}/letter`,
  );
});
afterAll(async () => {
  await prepare();
  await deployment.end();
  await target.ask(`sudo rm -rf ${REPOSITORY} /opt/slipway/backups`);
});

it("is taken and shown that it can be restored, while everything serves", async () => {
  expect(
    ok(await slipway(`backup ${NAME} --token anna`)).match(/the backup \w+ of kept is [0-9a-f]{8}, \d+ bytes/g),
  ).toHaveLength(3);
  const said = ok(await slipway(`drill ${NAME} --token anna`));
  expect(said).toMatch(/the backup orders of kept .* its check answers 3\n/);
  expect(said).toMatch(/the backup book of kept .* its check answers 1\n/);
  const seen = await details();
  expect(seen.differences).toEqual([]);
  for (const one of seen.backups)
    expect(one).toMatchObject({
      to: "nas",
      last: { result: "succeeded" },
      drill: { result: "succeeded" },
      aside: null,
    });
  expect(JSON.parse(ok(await slipway(`points ${NAME}`)))).toHaveLength(3);
  expect(await left()).toBe("");
  expect(await target.ask(`grep -rl ${password} /opt --include=* 2>/dev/null || true`)).toBe(
    "/opt/slipway/backups/stacks/slipway+host-test.json\n",
  );
});

it("is found out by a drill where it is silently wrong, and then nothing restores it", async () => {
  await sql("delete from orders where x > 1");
  ok(await slipway(`backup ${NAME} --name orders`));
  expect(refused(await slipway(`drill ${NAME} --name orders`))).toContain(
    "but its check answers 1 instead of at least 2",
  );
  expect(refused(await slipway(`restore ${NAME} --name orders --point latest`))).toContain("its check answers 1");
  expect(await rows()).toBe("1");
});

it("is restored to a point, with requests held", async () => {
  const points = JSON.parse(ok(await slipway(`points ${NAME} --name orders`)));
  const asked = target.ask(
    `for n in $(seq 60); do curl -s -o /dev/null -w '%{http_code}\\n' -H 'Host: ${deployment.domain}' http://127.0.0.1/; sleep 0.1; done | sort | uniq -c`,
    { timeoutSeconds: 120 },
  );
  expect(ok(await slipway(`restore ${NAME} --name orders --point ${points.at(-1).id} --token anna`))).toContain(
    "is as it was at ",
  );
  expect((await asked).trim()).toMatch(/^\d+ 200$/);
  expect(await rows()).toBe("1,2,3");
  ok(await slipway(`restore ${NAME} --name orders --drop`));
  expect(await rows()).toBe("1,2,3");
  expect(await sql("select count(*) from pg_database where datname like 'app_%'")).toBe("0");
  expect((await details()).differences).toEqual([]);
});

it("is restored of a file and of a volume, as the user that it belongs to, and what was there before can be put back", async () => {
  const owner = await target.ask(`sudo stat -c %u:%g ${folder("book")}/app.db ${folder("files")}/letter`);
  await book("delete from notes");
  await target.ask(`sudo rm ${folder("files")}/letter`);
  for (const name of ["book", "files"]) ok(await slipway(`restore ${NAME} --name ${name}`));
  expect(await book("select count(*) from notes")).toBe("1");
  expect(await target.ask(`sudo stat -c %u:%g ${folder("book")}/app.db ${folder("files")}/letter`)).toBe(owner);
  ok(await slipway(`restore ${NAME} --name book --back`));
  expect(await book("select count(*) from notes")).toBe("0");
  for (const name of ["book", "files"]) ok(await slipway(`restore ${NAME} --name ${name} --drop`));
  expect(await left()).toBe("");
});

describe("killed", () => {
  const wait = (file: string): string => `until [ -e ${file} ]; do sleep 0.02; done`;
  const kill = (pattern: string): string => `kill -KILL $(pgrep -f '${pattern}')`;

  it("while writers are paused, it lets them go on within a minute and leaves nothing", async () => {
    const running = target.start(`/opt/slipway/bin/slipway backup ${NAME} --name files`, { timeoutSeconds: 120 });
    await target.ask(
      `${wait(`/opt/${NAME}/.backups/files/paused`)}; ${kill(`[s]lipway (act|attempt) ${NAME}`)} || true`,
    );
    await running.result;
    ok(await slipway("recover"));
    expect(await left()).toBe("");
    expect((await details()).jobs.find(({ name }: { name: string }) => name === "backup.files").last.result).toBe(
      "interrupted",
    );
  });

  it("during a restore, it is one of both: what was there before, or what was restored", async () => {
    await sql("insert into orders values (4)");
    for (const phase of ["stop", "swap"]) {
      const running = target.start(`/opt/slipway/bin/slipway restore ${NAME} --name orders --point ${await first()}`, {
        timeoutSeconds: 120,
      });
      await target.ask(
        `until grep -q '"phase":"${phase}"' /opt/${NAME}/restore.json 2>/dev/null; do sleep 0.02; done; ${kill(`[s]lipway rest(ore|oring) ${NAME}`)}`,
      );
      await running.result;
      ok(await slipway("recover"));
      expect([phase, await rows(), await left()]).toEqual([phase, "1,2,3,4", ""]);
    }
    expect((await details()).differences).toEqual([]);
  });
  const first = async (): Promise<string> => JSON.parse(ok(await slipway(`points ${NAME} --name orders`))).at(-1).id;
});

it("is told with its reason where the destination refuses, and nothing is touched", async () => {
  await prepare({ backups: backups({ password: "another" }) });
  expect(refused(await slipway(`backup ${NAME} --name orders`))).toContain(
    "the password in slipway:backups is not that of the repository",
  );
  expect(refused(await slipway(`restore ${NAME} --name orders`))).toContain("the password in slipway:backups");
  await prepare({ backups: backups() });
  await target.ask(`sudo chmod -R a-w ${REPOSITORY}/${NAME}`);
  expect(refused(await slipway(`backup ${NAME} --name orders`))).toContain("permission denied");
  await target.ask(`sudo chmod -R u+w ${REPOSITORY}/${NAME}`);
  await target.ask(
    `for pack in $(find ${REPOSITORY}/${NAME}/data -type f); do chmod u+w $pack; truncate -s 100 $pack; done`,
  );
  expect(refused(await slipway(`drill ${NAME} --name orders`))).toContain(
    "the repository of the backups of kept is damaged",
  );
  await target.ask(`mv ${REPOSITORY}/${NAME} ${REPOSITORY}/away`);
  expect(refused(await slipway(`backup ${NAME} --name orders`))).toContain("there is no repository at ");
  expect(await rows()).toBe("1,2,3,4");
});
