/** Looks at a host before anything is decided: one read-only command over SSH. */
import type { Client } from "ssh2";
import { inspectCommand, surveyCommand } from "../protocol/commands.ts";
import { type HostSeen, parseInspect } from "../protocol/inspect.ts";
import { surveyScript } from "./install.ts";
import { open, type Reach, run, TIMEOUT_MS } from "./reach.ts";
import { parseSurvey, type Survey } from "./survey.ts";

/** A host, and, where it is not prepared yet, what it has and lacks. */
export type Inspected = HostSeen & { survey?: Survey };

/** It asks Docker some times, each at most 5 s. */
const SURVEY_MS = 40_000;
const NOT_FOUND = 127;

/** A host that is reached but not prepared yet. */
export const UNPREPARED: HostSeen = { host: { token: "", scripts: "", proxyRuns: false, time: 0 }, applications: {} };

/** A host that is not prepared, or by an older version, does not say what machine it is. A deploy key may not ask. */
async function withArchitecture(seen: Inspected, client: Client): Promise<Inspected> {
  if (seen.host.architecture !== undefined) return seen;
  const { code, output } = await run(client, "uname -m", TIMEOUT_MS).catch(() => ({ code: 1, output: "" }));
  const architecture = output.trim();
  return code === 0 && /^\w{1,32}$/.test(architecture) ? { ...seen, host: { ...seen.host, architecture } } : seen;
}

/** What a machine does not tell here, its preparation will. */
async function surveyed(client: Client, root: string, ports: readonly number[]): Promise<Inspected> {
  const command = surveyCommand(root, ports);
  const { code, output } = await run(client, command, SURVEY_MS, surveyScript()).catch(() => ({ code: 1, output: "" }));
  if (code !== 0) return UNPREPARED;
  const survey = parseSurvey(output);
  return { ...UNPREPARED, projects: survey.projects, volumes: survey.volumes, survey };
}

interface LookOptions {
  /** Ports that the proxy will need. @default none */
  ports?: readonly number[];
  /** Milliseconds to wait for the answer. @default 10,000 */
  timeout?: number;
}

/**
 * @param root folder of applications on the host
 * @throws Error when the host cannot be reached or is not who it was
 */
export async function look(
  reach: Reach,
  root: string,
  { ports = [], timeout = TIMEOUT_MS }: LookOptions = {},
): Promise<Inspected> {
  const { client, close } = await open(reach);
  try {
    const { code, output, errors } = await run(client, inspectCommand(root), timeout);
    if (code !== 0 && (code === NOT_FOUND || /not prepared/.test(errors)))
      return await withArchitecture(await surveyed(client, root, ports), client);
    if (code !== 0) throw new Error(`slipway inspect ended with ${code}: ${errors.trim().slice(0, 200)}`);
    return await withArchitecture(parseInspect(output), client);
  } finally {
    close();
  }
}
