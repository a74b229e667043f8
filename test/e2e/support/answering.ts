/** A machine that only answers: it runs no command that it is sent by SSH, and says what a test has it say. */
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { newKeyPair } from "../../../sandbox/keyPair.ts";

export interface Said {
  code: number;
  output: string;
  /** Milliseconds until it is said. @default 0 */
  after?: number;
}

export class AnsweringMachine {
  /** The key of its user. */
  readonly userKey = newKeyPair().private;
  readonly #hostKey = newKeyPair().private;
  readonly #server: ssh2.Server;

  /** @param input what came through stdin; empty for an inspection, which is answered at once */
  constructor(answer: (command: string, input: string) => Said) {
    this.#server = new ssh2.Server({ hostKeys: [this.#hostKey] }, (client) => {
      client.on("error", () => undefined);
      client.on("authentication", (context) =>
        context.method === "publickey" ? context.accept() : context.reject(["publickey"]),
      );
      client.on("session", (accept) =>
        accept().on("exec", (run, _, { command }) => {
          const stream = run();
          let input = "";
          stream.setEncoding("utf8").on("data", (text: string) => {
            input += text;
          });
          const say = () => {
            const { code, output, after = 0 } = answer(command, input);
            setTimeout(() => {
              stream.write(output);
              stream.exit(code);
              stream.end();
            }, after);
          };
          if (command.endsWith(" inspect")) say();
          else stream.on("end", say);
        }),
      );
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server.close();
  }

  /** Its entry in `slipway:hosts`, for a project that has its user's key in the file `key`. */
  settings(more: object = {}): object {
    const parsed = ssh2.utils.parseKey(this.#hostKey);
    if (parsed instanceof Error) throw parsed;
    const hostKey = `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
    const { port } = this.#server.address() as AddressInfo;
    return { address: "127.0.0.1", port, user: "deploy", hostKey, privateKeyFile: "key", ...more };
  }
}
