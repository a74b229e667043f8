/** Where the cases run: a host of the sandbox, or a container of one's own while the scripts are being written. */

import { parseReference } from "../../../components/image/reference.ts";
import { findDigest } from "../../../components/image/registry.ts";
import { login } from "../../host/support/release.ts";
import { expectOk, type Result, run } from "../../support/run.ts";
import { CADDY, REGISTRY, SHOP } from "../../support/sandbox.ts";
import type { Host } from "../../support/ssh.ts";

export interface Place {
  /** Runs a shell command as `deploy`. */
  exec(command: string, input?: string | Buffer, seconds?: number): Promise<Result>;
  images: { proxy: string; shop: string; redis: string };
  /** Logins for the proxy's image. */
  registries: ReturnType<typeof login>[];
}

const encoded = (input: string | Buffer): string => Buffer.from(input).toString("base64");

/** A container of the host's image that has these images already, by tags. */
export function container(name: string, images: Place["images"]): Place {
  return {
    images,
    registries: [],
    exec: (command, input = "", seconds = 300) =>
      run("docker", ["exec", "-i", "-u", "deploy", "-e", "HOME=/home/deploy", name, "nice", "bash", "-c", command], {
        input: input.toString(),
        timeoutSeconds: seconds,
      }),
  };
}

/** A host of the sandbox; it gets the images by their digests, so that no release of the cases counts as having brought them. */
export async function sandboxHost(host: Host): Promise<Place> {
  const pinned = async (reference: string): Promise<string> => {
    const digest = await findDigest(parseReference(reference), { ...login(), insecureSkipVerify: true });
    return `${reference.slice(0, reference.lastIndexOf(":"))}@${digest}`;
  };
  const images = { proxy: CADDY, shop: await pinned(`${SHOP}:1.0.0`), redis: await pinned(`${REGISTRY}/redis:7`) };
  const { server, username, password } = login();
  const pulls = [images.shop, images.redis].map((image) => `docker --config "$logins" pull --quiet ${image}`);
  const command = `logins=$(mktemp -d) && docker --config "$logins" login --username ${username} --password-stdin ${server} && ${pulls.join(" && ")}; code=$?; rm -rf "$logins"; exit $code`;
  expectOk(await host.exec(command, { input: password, timeoutSeconds: 300 }));
  return {
    images,
    registries: [login()],
    exec: (text, input = "", seconds = 300) => host.exec(text, { input: input.toString(), timeoutSeconds: seconds }),
  };
}

/** Writes a file as `deploy`. */
export async function put(place: Place, path: string, content: string | Buffer, mode = "600"): Promise<void> {
  expectOk(
    await place.exec(
      `mkdir -p "$(dirname ${path})" && base64 -d >${path}.new && chmod ${mode} ${path}.new && mv -f ${path}.new ${path}`,
      encoded(content),
    ),
  );
}

/** Standard output of a command that must succeed. */
export const ask = async (place: Place, command: string, input = "", seconds = 300): Promise<string> =>
  expectOk(await place.exec(command, input, seconds)).stdout;
