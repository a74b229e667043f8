/** A session on a host: a command in a container, which the host ends with the channel that holds it. */
import type { Client } from "ssh2";
import { sessionCommand } from "../../components/protocol/commands.ts";
import type { HostSettings } from "../../components/settings/types.ts";
import { z } from "../../components/shared/zod.ts";
import { said } from "../hosts/ask.ts";

/** In a container that serves, or in a fresh one of the same release. */
export type Kind = "exec" | "run";

const openedSchema = z.object({
  session: z.string(),
  service: z.string(),
  container: z.string().describe("Empty for a fresh one"),
  version: z.string(),
});

export interface Session extends z.output<typeof openedSchema> {
  /** Hands SIGINT to the command. */
  interrupt: () => void;
  /** Ends the command, if it has not ended, and waits until the host has nothing left of it. */
  end: () => Promise<void>;
}

/** Milliseconds for a session to begin. */
const BEGIN_MS = 30_000;
/** Milliseconds for the host to end what the command left: it gets some by itself. */
const END_MS = 20_000;

/** @throws Error with why the host holds none, and the way out; nothing was begun there then */
export function hold(
  client: Client,
  host: Pick<HostSettings, "root" | "user">,
  { kind, application, service }: { kind: Kind; application: string; service?: string | undefined },
): Promise<Session> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.end();
      reject(new Error(`no answer within ${BEGIN_MS / 1000} s`));
    }, BEGIN_MS);
    client.exec(sessionCommand(host.root, kind, application, service), (error, stream) => {
      if (error) {
        clearTimeout(timer);
        return reject(error);
      }
      let [output, errors] = ["", ""];
      const closed = new Promise<void>((gone) => stream.once("close", () => gone()));
      stream.stderr.on("data", (data: Buffer) => (errors = (errors + String(data)).slice(-2000)));
      stream.on("data", (data: Buffer) => {
        output += String(data);
        if (!output.includes("\n")) return;
        clearTimeout(timer);
        const opened = openedSchema.safeParse(parsed(output));
        if (!opened.success) return reject(new Error(`says something else than a session: ${output.slice(0, 80)}`));
        resolve({
          ...opened.data,
          interrupt: () => void stream.write("interrupt\n"),
          end: async () => {
            stream.end();
            await Promise.race([closed, after(END_MS)]);
          },
        });
      });
      stream.once("close", (code?: number | null) => {
        clearTimeout(timer);
        try {
          said({ code: code ?? -1, output, errors }, host);
        } catch (why) {
          reject(why);
        }
        reject(new Error("ended the session before it began"));
      });
    });
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
