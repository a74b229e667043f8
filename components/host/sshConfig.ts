/** What OpenSSH's own configuration (~/.ssh/config) says of a name, for whoever writes settings or a message. */
import { spawnSync } from "node:child_process";

/** Settings are the same for everybody and for pipelines, so they hold what stands behind the name. */
export interface SshName {
  address: string;
  user: string;
  port: number;
  keyFile?: string;
  /** Another machine on the way. */
  jump?: string;
}

/** What OpenSSH tries where its configuration names no key. */
const USUAL_KEY = /\/\.ssh\/id_(rsa|dsa|xmss|(ecdsa|ed25519)(_sk)?)$/;

/**
 * @param config another file than the user's
 * @returns undefined where it says nothing of the name, or there is no `ssh`
 */
export function inSshConfig(name: string, config?: string): SshName | undefined {
  const file = config === undefined ? [] : ["-F", config];
  const { status, stdout } = spawnSync("ssh", [...file, "-G", "--", name], { encoding: "utf8", timeout: 5000 });
  if (status !== 0 || !stdout) return undefined;
  const values = (key: string): string[] =>
    stdout.split("\n").flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []));
  const [address = name] = values("hostname");
  const [user = ""] = values("user");
  const port = Number(values("port")[0] ?? 22);
  const keyFile = values("identityfile").find((path) => !USUAL_KEY.test(path));
  const jump = values("proxyjump").find((way) => way !== "none");
  if (address === name && port === 22 && keyFile === undefined && jump === undefined) return undefined;
  return { address, user, port, ...(keyFile !== undefined && { keyFile }), ...(jump !== undefined && { jump }) };
}

/** As it stands in the settings of a host. */
export const asSettings = ({ address, user, port, keyFile, jump }: SshName): string =>
  [
    `address: ${address}`,
    ...(user === "" ? [] : [`user: ${user}`]),
    ...(port === 22 ? [] : [`port: ${port}`]),
    ...(keyFile === undefined ? [] : [`privateKeyFile: ${keyFile}`]),
    ...(jump === undefined ? [] : [`bastion: (${jump})`]),
  ].join(", ");
