/** Why a machine cannot be reached by SSH, with the way out. */
import { asSettings, type SshName } from "./sshConfig.ts";

interface Way {
  address: string;
  port: number;
  user: string;
  agent: boolean;
  privateKey?: string;
}

type Failure = Pick<NodeJS.ErrnoException, "message" | "code">;

/** @param known what ~/.ssh/config says of the address */
export function whyUnreachable(failure: Failure, way: Way, known: (name: string) => SshName | undefined): string {
  const remedy = remedyOf(failure, way, known);
  return remedy === undefined ? failure.message : `${failure.message}; ${remedy}`;
}

function remedyOf(
  { message, code }: Failure,
  way: Way,
  known: (name: string) => SshName | undefined,
): string | undefined {
  const { address, port, user, agent, privateKey } = way;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    const alias = known(address);
    return alias === undefined
      ? `${address} is a name that this machine does not know; correct the address`
      : `${address} is a name of ~/.ssh/config, which only you have; write what stands behind it: ${asSettings(alias)}`;
  }
  if (code === "ECONNREFUSED")
    return `nothing listens at port ${port} of ${address}; correct the port, or start its SSH server`;
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH" || /timed out/i.test(message))
    return `${address} does not answer at port ${port}; check the address, the firewall and the network (VPN), or name a bastion on the way`;
  if (/authentication methods failed/i.test(message)) {
    const tried = privateKey === undefined ? [] : ["the key of the settings"];
    if (agent) tried.push("the keys of the SSH agent (ssh-add -l)");
    return `${user} is not let in by ${tried.join(" or ")}; ssh-copy-id -p ${port} ${user}@${address} puts one there, or correct the user, or name another key (privateKeyFile)`;
  }
  return undefined;
}
