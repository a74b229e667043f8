/** Connections to machines over SSH: who they are is checked, and why one cannot be reached is said with the way out. */
import { Client, type ConnectConfig } from "ssh2";
import { defined } from "../shared/records.ts";
import { inSshConfig } from "./sshConfig.ts";
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
/** Milliseconds for a login, and for most answers. */
export const TIMEOUT_MS = 10_000;

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
    // A connection that is used for long is given up where the other side is silent for that long.
    keepaliveInterval: TIMEOUT_MS,
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

export interface Opened {
  client: Client;
  close: () => void;
}

/**
 * Logs in, by the bastion if there is one. Whoever opens it closes it.
 * @throws OtherHostKey, or an Error with the way out
 */
export async function open(reach: Reach): Promise<Opened> {
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

export interface Answer {
  code: number;
  output: string;
  errors: string;
}

/**
 * Runs a command to its end.
 * @param timeout milliseconds, after which the command is given up
 * @throws Error when it does not end in time, or the connection ends before it
 */
export function run(client: Client, command: string, timeout: number, input = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    client.exec(command, (error, stream) => {
      if (error) {
        clearTimeout(timer);
        return reject(error);
      }
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      stream.on("data", (data: Buffer) => {
        output.push(data);
      });
      stream.stderr.on("data", (data: Buffer) => {
        errors.push(data);
      });
      stream.on("close", (code?: number | null) => {
        clearTimeout(timer);
        if (typeof code !== "number") return reject(new Error("the connection ended before the answer"));
        resolve({ code, output: String(Buffer.concat(output)), errors: String(Buffer.concat(errors)) });
      });
      stream.end(input);
    });
  });
}
