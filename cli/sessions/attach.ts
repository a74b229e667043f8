/** The command of a session, joined to this process: its streams, or its terminal. */
import type { Client, ClientChannel, PseudoTtyOptions } from "ssh2";

/** What a terminal-less process and one at a terminal have in common. */
export interface Streams {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  errors: NodeJS.WriteStream;
}

/** Whether a person sits at both ends: then the command gets a terminal, too. */
export const atTerminal = ({ input, output }: Streams): boolean => Boolean(input.isTTY && output.isTTY);

/**
 * Ends with the command.
 * @returns its exit code; undefined where the connection ended first
 */
export async function attach(client: Client, command: string, streams: Streams): Promise<number | undefined> {
  const { input, output, errors } = streams;
  const terminal = atTerminal(streams);
  const stream = await started(client, command, terminal ? sizeOf(output) : undefined);
  const resized = (): void => {
    const { rows = 24, cols = 80 } = sizeOf(output);
    stream.setWindow(rows, cols, 0, 0);
  };
  if (terminal) {
    // Ctrl-C is a key as any other: the command's own terminal makes an interrupt of it.
    input.setRawMode(true);
    output.on("resize", resized);
  }
  // What the command does not read any more is not an error of ours.
  stream.on("error", () => {});
  input.pipe(stream);
  stream.pipe(output, { end: false });
  stream.stderr.pipe(errors, { end: false });
  // Whoever reads it has read enough: what comes then is let go, as nothing ends that is not read.
  const enough = (): void => void stream.unpipe(output).resume();
  output.once("error", enough);
  try {
    return await new Promise((resolve) => {
      let code: number | null | undefined;
      stream.once("exit", (told: number | null) => (code = told));
      stream.once("close", () => resolve(code ?? undefined));
    });
  } finally {
    input.unpipe(stream);
    output.off("error", enough);
    if (terminal) {
      input.setRawMode(false);
      output.off("resize", resized);
    }
    input.pause();
    // A pipe that nobody closes must not keep this process.
    input.unref?.();
  }
}

function started(client: Client, command: string, pty: PseudoTtyOptions | undefined): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, pty === undefined ? {} : { pty }, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
}

const sizeOf = ({ rows, columns }: NodeJS.WriteStream): PseudoTtyOptions => ({
  term: process.env.TERM ?? "xterm",
  rows: rows ?? 24,
  cols: columns ?? 80,
});
