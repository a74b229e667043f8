/** The floor of a deployment: plain Compose on the same host, over the same ssh, with the image already there. */
import { expectOk } from "../support/run.ts";
import type { Host } from "../support/ssh.ts";

export const FLOOR_PORT = 18080;

const compose = (image: string): string => `services:
  web:
    image: ${image}
    ports: ["${FLOOR_PORT}:8000"]
    healthcheck:
      test: ["CMD", "/app", "healthcheck"]
      interval: 1s
      timeout: 2s
      retries: 30
`;

/** Writes the file and measures the one command; seconds. */
export async function floorUp(target: Host, image: string): Promise<number> {
  await target.ask('mkdir -p "$HOME/bench-floor" && cat >"$HOME/bench-floor/compose.yaml"', { input: compose(image) });
  return expectOk(
    await target.exec("docker compose --project-name bench-floor --file bench-floor/compose.yaml up --detach --wait", {
      timeoutSeconds: 120,
    }),
  ).seconds;
}

/** Images, by digest, of the releases that a host keeps of an application. */
export async function imagesOf(target: Host, name: string): Promise<string[]> {
  return (await target.ask(`jq -r '.images[0]' /opt/${name}/releases/*/manifest.json | sort -u`)).trim().split("\n");
}

/** The image, by digest, that an application's present release runs. */
export async function imageOf(target: Host, name: string): Promise<string> {
  return (await target.ask(`jq -r '.images[0]' /opt/${name}/current/manifest.json`)).trim();
}
