import { type Host, quote } from "./ssh.ts";

export interface Container {
  id: string;
  name: string;
  service: string;
  /** Content address of the image. */
  image: string;
  /** Docker's word, such as `running` or `exited`. */
  state: string;
  /** When the container was created and last started: ISO times. */
  created: string;
  started: string;
}

/** Everything on a host that a failed deployment must leave as it was; the ledger is not in it. */
export interface HostPicture {
  /** The application's containers, by name. */
  containers: Container[];
  /** Target of the `current` link; empty without one. */
  current: string;
  /** SHA-256 of each file of the current release. */
  files: Record<string, string>;
  /** Names of the release folders. */
  releases: string[];
  /** Text of each route and upstream file of the proxy. */
  proxy: Record<string, string>;
  lockFree: boolean;
  /** Of the whole host. */
  containerNames: string[];
  volumes: string[];
  networks: string[];
}

export const root = (application: string): string => `/opt/${application}`;
export const PROXY_ROOT = "/opt/slipway/proxy";

/** The application's containers, stopped ones included, by name. */
export async function containers(target: Host, application: string): Promise<Container[]> {
  return readContainers(await target.ask(inspect(application)));
}

/** The whole picture, taken in one connection. */
export async function hostPicture(target: Host, application: string): Promise<HostPicture> {
  const parts = sections(await target.ask("sudo bash -s", { input: picture(application) }));
  const lines = (name: string): string[] =>
    (parts[name] ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  return {
    containers: readContainers(parts.containers ?? "[]"),
    current: (parts.current ?? "").trim(),
    files: Object.fromEntries(
      lines("files")
        .map((line) => [line.slice(66), line.slice(0, 64)])
        .sort(),
    ),
    releases: lines("releases"),
    proxy: Object.fromEntries(
      lines("proxy")
        .map((line) => line.split("\t", 2) as [string, string])
        .map(([path, text]) => [path, fromBase64(text)]),
    ),
    lockFree: (parts.lock ?? "").trim() === "free",
    containerNames: lines("names"),
    volumes: lines("volumes"),
    networks: lines("networks"),
  };
}

/** What runs, without the identity of the containers: for strategies that exchange the one process. */
export function sameWork(state: HostPicture): Omit<HostPicture, "containers" | "containerNames"> & { work: string[] } {
  const { containers: own, containerNames: _, ...rest } = state;
  return { ...rest, work: own.map(({ service, image, state: running }) => `${service} ${image} ${running}`).sort() };
}

/** Makes the application's migration run with the next deployment, whatever was applied before. */
export async function forgetMigrations(target: Host, application: string): Promise<void> {
  await target.ask(`sudo tee ${quote(`${root(application)}/migration.json`)} >/dev/null`, {
    input: '{"applied": []}\n',
  });
}

/** The application's ledger, oldest entry first; empty before the first deployment. */
export async function ledger(target: Host, application: string): Promise<Record<string, unknown>[]> {
  const file = quote(`${root(application)}/ledger.jsonl`);
  const text = await target.ask(`if sudo test -e ${file}; then sudo cat ${file}; fi`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function inspect(application: string): string {
  const filter = quote(`label=com.docker.compose.project=${application}`);
  return `ids=$(docker ps -aq --filter ${filter}); if [ -n "$ids" ]; then docker inspect $ids; else echo '[]'; fi`;
}

function picture(application: string): string {
  return `
set -u
root=${quote(root(application))}
echo '=== containers'; ${inspect(application)}
echo '=== current'; readlink "$root/current" || true
echo '=== files'; if [ -d "$root/current/" ]; then cd "$root/current/" && find . -type f -exec sha256sum {} + && cd /; fi
echo '=== releases'; if [ -d "$root/releases" ]; then find "$root/releases" -mindepth 1 -maxdepth 1 -printf '%f\\n'; fi
echo '=== proxy'
for folder in routes upstreams; do
  if [ -d ${PROXY_ROOT}/$folder ]; then
    find ${PROXY_ROOT}/$folder -type f | while IFS= read -r file; do printf '%s\\t%s\\n' "$file" "$(base64 -w0 "$file")"; done
  fi
done
echo '=== lock'; if [ ! -e "$root/lock" ] || flock --nonblock "$root/lock" true; then echo free; else echo held; fi
echo '=== names'; docker ps -a --format '{{.Names}}'
echo '=== volumes'; docker volume ls -q
echo '=== networks'; docker network ls --format '{{.Name}}'
`;
}

function sections(text: string): Record<string, string> {
  const parts = text.split(/^=== /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]),
  );
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString();
}

interface Inspected {
  Id: string;
  Name: string;
  Image: string;
  Created: string;
  Config: { Labels: Record<string, string> | null };
  State: { Status: string; StartedAt: string };
}

function readContainers(text: string): Container[] {
  const list = (JSON.parse(text) as Inspected[]).map(({ Id, Name, Image, Created, Config, State }) => ({
    id: Id,
    name: Name.replace(/^\//, ""),
    service: Config.Labels?.["com.docker.compose.service"] ?? "",
    image: Image,
    state: State.Status,
    created: Created,
    started: State.StartedAt,
  }));
  return list.sort((one, other) => (one.name < other.name ? -1 : 1));
}
