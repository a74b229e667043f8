/** An HTTP endpoint that takes notifications, hangs, fails, redirects or is slow, by the first word of a path; a process of its own. */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

export interface Taken {
  /** Like "POST /ok". */
  asked: string;
  /** As JSON; undefined where it is none. */
  body?: { title: string; message: string; type: string };
}

const SLOW_MS = 1500;

/** @param file gets a line for each request @param address on which it listens */
export async function startEndpoint(file: string, address = "127.0.0.1") {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), file, address], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the endpoint ended")));
    child.stdout.once("data", (text: Buffer) => resolve(Number(text)));
  });
  return {
    port,
    taken: (): Taken[] =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Taken)
        : [],
    stop: () => child.kill("SIGKILL"),
  };
}

function serve(file: string, address: string): void {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      const how = request.url!.split("/")[1];
      const body = text === "" ? {} : { body: JSON.parse(text) as unknown };
      appendFileSync(file, `${JSON.stringify({ asked: `${request.method} /${how}`, ...body })}\n`);
      if (how === "hang") return;
      if (how === "slow") setTimeout(() => response.end(), SLOW_MS);
      else if (how === "redirect") response.writeHead(307, { location: "/moved/" }).end();
      else response.writeHead(how === "fail" ? 503 : 200).end();
    });
  });
  // Whoever started it has ended.
  process.stdin.resume().on("end", () => process.exit());
  server.listen(0, address, () => console.log((server.address() as AddressInfo).port));
}

if (import.meta.main) serve(process.argv[2]!, process.argv[3]!);
