/** An application takes the place of a Compose project of another name, with its data, and gives it back where it fails. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "adopting";
const PROJECT = "adopting-before";
const FOLDER = `/srv/${PROJECT}`;
const SETTINGS = { adopt: { project: PROJECT, volumes: ["store"], folder: FOLDER } };

const declare = (more: Partial<ApplicationSpec> = {}): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: {
        port: 8000,
        health: { path: "/health", interval: "100ms", successes: 2 },
        drain: "1s",
        volumes: ["./data:/data"],
        strategy: "rolling",
      },
      store: { image: REDIS, volumes: ["store:/data"], user: "image", health: { command: ["redis-cli", "ping"] } },
    },
    ...more,
  });
const deployment = new Deployment(target, declare());

/** The running container of a service. */
const container = (project: string, service: string): string =>
  `$(docker ps --quiet --filter label=com.docker.compose.project=${project} --filter label=com.docker.compose.service=${service})`;
const kept = async (project: string): Promise<string> =>
  (await target.ask(`docker exec ${container(project, "store")} redis-cli get kept`)).trim();
const states = async (project: string): Promise<string> =>
  (
    await target.ask(
      `docker ps --all --filter label=com.docker.compose.project=${project} --format '{{.Label "com.docker.compose.service"}} {{.State}}' | sort | xargs`,
    )
  ).trim();
const before = (): Promise<string> => target.ask("curl -sS --max-time 5 http://127.0.0.1:18085/api/v1/version");

beforeAll(async () => {
  await ready(deployment);
  // Its images are those of a release that ran.
  await deployment.deployed(OLD);
  for (const service of ["web", "store"])
    await target.ask(
      `docker tag $(docker inspect --format '{{.Image}}' ${container(NAME, service)}) ${PROJECT}-${service}:kept`,
    );
  await deployment.end();
  await target.write(
    `${FOLDER}/compose.yaml`,
    JSON.stringify({
      name: PROJECT,
      services: {
        web: {
          image: `${PROJECT}-web:kept`,
          restart: "unless-stopped",
          ports: ["18085:8000"],
          volumes: ["./data:/data"],
        },
        store: { image: `${PROJECT}-store:kept`, restart: "always", volumes: ["store:/data"] },
      },
      volumes: { store: {} },
    }),
  );
  await target.ask(`sudo mkdir -p ${FOLDER}/data && cd ${FOLDER} && docker compose up --detach --wait`);
  await target.ask(`docker exec ${container(PROJECT, "store")} redis-cli set kept years`);
}, 300_000);
afterAll(async () => {
  await deployment.end();
  await target.ask(
    `cd ${FOLDER} && docker compose down --volumes; sudo rm -rf ${FOLDER}; docker rmi ${PROJECT}-web:kept ${PROJECT}-store:kept`,
  );
});

test("the host tells which ports and names the project has", async () => {
  const { host, projects } = JSON.parse(await target.ask("/opt/slipway/bin/slipway inspect"));
  expect(host.proxyRuns).toBe(true);
  expect(projects[PROJECT].containers).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ service: "web", name: `${PROJECT}-web-1`, ports: [18085] }),
      expect.objectContaining({ service: "store", ports: [] }),
    ]),
  );
});

test("a release that fails its verification gives the place back: the project runs as before, with its data", async () => {
  deployment.spec = declare({ verification: { checks: [{ path: "/health", status: 418 }] } });
  const result = await deployment.deploy(await deployment.release(OLD, { settings: SETTINGS }));
  expect(result.code).not.toBe(0);
  expect(result.stdout).toMatch(
    /reverted: what ran before adopting runs again \(adopting-before-\w+-1 and the other containers/,
  );
  expect(await states(PROJECT)).toBe("store running web running");
  expect(await states(NAME)).toBe("");
  expect(await kept(PROJECT)).toBe("years");
  expect(await before()).toContain("version");
  expect(
    await target.ask(
      `docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' ${container(PROJECT, "web")} ${container(PROJECT, "store")} | xargs`,
    ),
  ).toBe("unless-stopped always\n");
});

test("a release that serves has the data, and the project's containers stay, stopped", async () => {
  deployment.spec = declare();
  await deployment.deployed(OLD, { given: { settings: SETTINGS } });
  expect(await kept(NAME)).toBe("years");
  expect(await states(PROJECT)).toBe("store exited web exited");
  expect(
    await target.ask(`docker inspect --format '{{range .Mounts}}{{.Source}} {{end}}' ${container(NAME, "web")}`),
  ).toContain(`${FOLDER}/data`);
  expect((await deployment.seen()).differences).toEqual([]);
});

test("the next version goes on with it, and touches the project no more", async () => {
  await deployment.deployed(NEW, { given: { settings: SETTINGS } });
  expect(await kept(NAME)).toBe("years");
  expect(await states(PROJECT)).toBe("store exited web exited");
});

test("what is taken away leaves the data of the project", async () => {
  await deployment.end();
  await target.ask(`cd ${FOLDER} && docker compose start`);
  expect(await kept(PROJECT)).toBe("years");
  await target.ask(`cd ${FOLDER} && docker compose stop`);
});
