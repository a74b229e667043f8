/** What a command on a host prints, line by line, until its reader has enough. */
import type { Client } from "ssh2";

/** Milliseconds for a host to end what was followed, before the connection is closed over it. */
const END_MS = 3000;

/**
 * Ends with the command, or, once the signal comes, with the end of the command's standard input.
 * @throws Error with what the command said last, where it failed by itself, or the connection ended
 */
export function follow(
  client: Client,
  command: string,
  { line, signal }: { line: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      const lines = byLine(line);
      let errors = "";
      let timer: NodeJS.Timeout | undefined;
      const end = (): void => {
        stream.end();
        timer = setTimeout(() => stream.close(), END_MS);
      };
      stream.on("data", lines.add);
      stream.stderr.on("data", (data: Buffer) => {
        errors = (errors + String(data)).slice(-2000);
      });
      stream.on("close", (code?: number | null) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        lines.end();
        if (signal.aborted || code === 0) return resolve();
        const said = errors
          .trim()
          .split("\n")
          .at(-1)!
          .replace(/^error: /, "");
        reject(new Error(typeof code !== "number" ? "the connection ended" : said || `its slipway ended with ${code}`));
      });
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  });
}

/** Hands on whole lines of what comes in pieces; a character may be divided, too. */
export function byLine(line: (text: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    add: (data: Buffer): void => {
      const parts = (rest + decoder.decode(data, { stream: true })).split("\n");
      rest = parts.pop()!;
      parts.forEach(line);
    },
    end: (): void => {
      rest += decoder.decode();
      if (rest !== "") line(rest);
      rest = "";
    },
  };
}
