import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure } from "../run.ts";
import { listen, tokenFile } from "./listen.ts";
import { defaultPort, githubFolder } from "./process.ts";

const defaultState = join(githubFolder, "state.json");

const usage = `Usage: node sandbox/github/main.ts [--port N] [--state FILE]
  Runs the sandbox's GitHub in the foreground, on this machine alone.
  --port   default ${defaultPort}; 0 takes a free one. Another than the default needs --state
  --state  file that keeps everything (default ${defaultState}); the owner's token
           and the log of calls lie beside it
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: String(defaultPort) },
      state: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw new Failure(`--port ${values.port}: write a number from 0 to 65535`);
  if (port !== defaultPort && values.state === undefined)
    throw new Failure("--port needs --state too: the default one belongs to the sandbox's GitHub");
  const state = values.state ?? defaultState;
  const running = await listen(port, state).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE" ? new Failure(`port ${port} is taken; stop what listens there`) : error;
  });
  console.log(`github: runs at ${running.url} (token in ${tokenFile(state)})`);
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void running.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  const known = error instanceof Failure || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(known ? `github: ${(error as Error).message}` : error);
  process.exitCode = known && !(error instanceof Failure) ? 2 : 1;
});
