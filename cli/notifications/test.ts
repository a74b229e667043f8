/** `slipway notifications test`: each host sends a message to each target that it has of the stack. */
import { run } from "../../components/host/reach.ts";
import { notifyTestCommand } from "../../components/protocol/commands.ts";
import { Hosts, said } from "../hosts/ask.ts";
import { hostsNamed, readHosts } from "../hosts/stack.ts";
import { type NotificationReport, parseTested } from "./report.ts";

/** Milliseconds for all targets of a host, which are tried at the same time, for 35 s at most. */
const ANSWER_MS = 120_000;

/** @throws Error where there is no such stack or host */
export async function testNotifications({
  stack,
  host,
}: {
  stack?: string;
  host?: string;
}): Promise<NotificationReport> {
  const read = await readHosts(stack);
  const hosts = new Hosts(hostsNamed(read, host));
  try {
    const told = await hosts.all(async (_, name, settings) => {
      const command = notifyTestCommand(settings.root, `${read.project}/${read.name}`);
      return parseTested(said(await run(await hosts.client(name), command, ANSWER_MS), settings));
    });
    return {
      stack: read.name,
      hosts: told.map((one) =>
        "value" in one ? { name: one.host, targets: one.value } : { name: one.host, problem: one.problem, targets: [] },
      ),
    };
  } finally {
    hosts.close();
  }
}
