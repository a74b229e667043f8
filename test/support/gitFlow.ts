/** A repository with main and develop, and a remote that has both. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { identify, useRepository } from "./repository.ts";

export function useGitFlow() {
  const shop = useRepository();
  const { git, put, commit } = shop;
  const at = (folder: string, ...args: string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  return Object.assign(shop, {
    at,
    remote: (...args: string[]): string => at(join(shop.around, "remote.git"), ...args),
    /** Of main 1.4.0, of develop one commit more. @param config what .slipway/version.json says */
    prepare(config: object = { changelog: true }): void {
      execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", join(shop.around, "remote.git")]);
      git("remote", "add", "origin", join(shop.around, "remote.git"));
      put(".slipway/version.json", JSON.stringify(config));
      put("VERSION", "1.4.0\n");
      commit("Start");
      git("tag", "v1.4.0");
      git("switch", "--quiet", "--create", "develop");
      commit("Add search [minor]", "search.txt");
      git("push", "--quiet", "origin", "main", "develop", "v1.4.0");
    },
    /** Of somebody else. */
    clone(): string {
      const folder = join(shop.around, "other");
      execFileSync("git", ["clone", "--quiet", join(shop.around, "remote.git"), folder]);
      identify(folder);
      return folder;
    },
  });
}
