/** Where a repository is kept, and where its image is or may be. */
import type { Checkout } from "./checkout.ts";

export interface Remote {
  host: string;
  owner: string;
  name: string;
}

/** `origin` of a repository, by any of the addresses that Git takes. */
export function remoteOf(gitConfig: string): Remote | undefined {
  const section = /\[remote "origin"\]([^[]*)/.exec(gitConfig)?.[1] ?? "";
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1];
  return url === undefined ? undefined : remoteAt(url);
}

/** What an address says; undefined for a folder of this machine, and for what git alone understands. */
export function remoteAt(url: string): Remote | undefined {
  const match = /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+(?=\/))?[/:](.+)\/([^/]+?)(?:\.git)?\/?$/.exec(url);
  if (match === null) return undefined;
  const [, host, owner, name] = match;
  return { host: host!, owner: owner!.replace(/^\/+/, ""), name: name! };
}

/** The image that a workflow of the repository pushes. */
export function imageInWorkflows({ texts }: Checkout, remote: Remote | undefined): string | undefined {
  const workflows = Object.entries(texts).filter(([path]) => path.startsWith(".github/workflows/"));
  const full = remote && `${remote.owner}/${remote.name}`.toLowerCase();
  for (const [, text] of workflows) {
    const known = text
      .replaceAll(/\$\{\{\s*github\.repository\s*\}\}/g, full ?? "?")
      .replaceAll(/\$\{\{\s*github\.repository_owner\s*\}\}/g, remote?.owner.toLowerCase() ?? "?")
      .replaceAll(/\$\{\{\s*github\.event\.repository\.name\s*\}\}/g, remote?.name.toLowerCase() ?? "?");
    const image = /\b(ghcr\.io\/[a-z0-9._-]+(?:\/[a-z0-9._-]+)+)(?![\w./-]*[?$])/.exec(known)?.[1];
    if (image !== undefined) return image;
  }
  return undefined;
}

/** Where an image of this repository would be pushed: to the registry that belongs to its host. */
export function usualImage(remote: Remote | undefined): string | undefined {
  const registry = { "github.com": "ghcr.io", "gitlab.com": "registry.gitlab.com", "codeberg.org": "codeberg.org" };
  const host = remote && (registry as Record<string, string>)[remote.host];
  return host && `${host}/${remote.owner}/${remote.name}`.toLowerCase();
}
