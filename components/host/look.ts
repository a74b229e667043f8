/** Looks at a host before anything is decided: one read-only command over SSH. */
import { Client, type ConnectConfig } from "ssh2";
import { inspectCommand, surveyCommand } from "../protocol/commands.ts";
import { type HostSeen, parseInspect } from "../protocol/inspect.ts";
import { defined } from "../shared/records.ts";
import { surveyScript } from "./install.ts";
import { inSshConfig } from "./sshConfig.ts";
import { parseSurvey, type Survey } from "./survey.ts";
import { whyUnreachable } from "./unreachable.ts";

/** How to reach a machine, all values plain. */
export interface Reach {
  address: string;
  port: number;
  user: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agent: boolean;
  hostKey?: string;
  bastion?: Omit<Reach, "bastion">;
}

/** A host, and, where it is not prepared yet, what it has and lacks. */
export type Inspected = HostSeen & { survey?: Survey };

/** A host that is reached but not prepared yet. */
export const UNPREPARED: HostSeen = { host: { token: "", scripts: "", proxyRuns: false, time: 0 }, applications: {} };

/** The machine shows another key than the one that is known: it is not the machine that it was. Nothing was sent to it. */
export class OtherHostKey extends Error {
  constructor(address: string) {
    super(
      `${address} shows another host key than the one that is known, so it may be another machine; nothing was sent to it. ` +
        "If the machine was reinstalled, compare its key (ssh-keyscan -t ecdsa <address>) with the machine's own and correct hostKey or hostKeyFile",
    );
  }
}

/** The words of ssh2 for it. */
const NO_SUCH_KEY = /verification failed|no matching host key/i;
const TIMEOUT_MS = 10_000;
/** It asks Docker some times, each at most 5 s. */
const SURVEY_MS = 40_000;
const NOT_FOUND = 127;

function options(reach: Omit<Reach, "bastion">): ConnectConfig {
  const [type, wanted] = reach.hostKey?.split(/\s+/) ?? [];
  return {
    host: reach.address,
    port: reach.port,
    username: reach.user,
    ...defined({
      privateKey: reach.privateKey,
      passphrase: reach.privateKeyPassword,
      agent: (reach.agent && process.env.SSH_AUTH_SOCK) || undefined,
    }),
    readyTimeout: TIMEOUT_MS,
    ...(wanted === undefined
      ? {}
      : {
          // The server shows the key that is known, not another of its keys; by the name that the plugin asks for too.
          algorithms: { serverHostKey: [type as "ssh-ed25519"] },
          hostVerifier: (key: Buffer) => key.toString("base64") === wanted,
        }),
  };
}

function connect(config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once("ready", () => resolve(client));
    client.on("error", (error) =>
      reject(NO_SUCH_KEY.test(error.message) ? new OtherHostKey(config.host ?? "") : error),
    );
    client.connect(config);
    // Each message of the handshake would otherwise wait for the acknowledgement of the one before (RFC 896).
    client.setNoDelay();
  });
}

/** @throws OtherHostKey, or an Error with the way out */
async function connectTo(reach: Omit<Reach, "bastion">, more: ConnectConfig = {}): Promise<Client> {
  try {
    return await connect({ ...options(reach), ...more });
  } catch (error) {
    if (error instanceof OtherHostKey) throw error;
    throw new Error(whyUnreachable(error as NodeJS.ErrnoException, reach, inSshConfig));
  }
}

async function open(reach: Reach): Promise<{ client: Client; close: () => void }> {
  if (!reach.bastion) {
    const client = await connectTo(reach);
    return { client, close: () => client.end() };
  }
  const bastion = await connectTo(reach.bastion);
  try {
    const sock = await new Promise<NonNullable<ConnectConfig["sock"]>>((resolve, reject) => {
      bastion.forwardOut("127.0.0.1", 0, reach.address, reach.port, (error, stream) =>
        error ? reject(error) : resolve(stream),
      );
    });
    const client = await connectTo(reach, { sock });
    return {
      client,
      close: () => {
        client.end();
        bastion.end();
      },
    };
  } catch (error) {
    bastion.end();
    throw error;
  }
}

function run(
  client: Client,
  command: string,
  timeout: number,
  input = "",
): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      const timer = setTimeout(() => reject(new Error(`no answer within ${timeout / 1000} s`)), timeout);
      stream.on("data", (data: Buffer) => {
        output.push(data);
      });
      stream.stderr.on("data", (data: Buffer) => {
        errors.push(data);
      });
      stream.on("close", (code: number) => {
        clearTimeout(timer);
        resolve({ code, output: String(Buffer.concat(output)), errors: String(Buffer.concat(errors)) });
      });
      stream.end(input);
    });
  });
}

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
