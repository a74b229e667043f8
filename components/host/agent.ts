/** Whether the SSH agent that SSH_AUTH_SOCK names answers. */
import { connect } from "node:net";
import type { Connection } from "../settings/types.ts";
import { shown } from "../shared/text.ts";

/** Host and bastion, as far as it matters here. */
type Way = Pick<Connection<unknown>, "agent"> & { bastion?: Pick<Connection<unknown>, "agent"> };

/**
 * The `command` plugin asks the agent on every connection, those with a key of their own too, and gives up where it does
 * not answer; the look at a preview does not, and would be fine. The plugin has its own environment, so that the program
 * cannot keep it from asking.
 * @returns the problem, if there is one
 */
export async function agentProblems(
  hosts: Record<string, Way>,
  socket: string | undefined = process.env.SSH_AUTH_SOCK,
): Promise<string[]> {
  const ways = Object.values(hosts).flatMap(({ bastion, ...host }) => (bastion ? [host, bastion] : [host]));
  if (!socket || ways.length === 0) return [];
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(undefined);
    });
    connection.on("error", resolve);
  });
  if (failure === undefined) return [];
  const wayOut = ways.some(({ agent }) => agent)
    ? 'start one: eval "$(ssh-agent)" && ssh-add'
    : "no host here needs one: run it without, as `env -u SSH_AUTH_SOCK pulumi up`";
  return [
    `SSH_AUTH_SOCK: ${shown(socket)} is not the socket of a running SSH agent (${failure.code}), and every connection to a host asks it, ` +
      `also where a key is given; ${wayOut}`,
  ];
}
