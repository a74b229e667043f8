import { type AddressInfo, Socket } from "node:net";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it, vi } from "vitest";
import { look, UNPREPARED } from "../../components/host/look.ts";
import type { Reach } from "../../components/host/reach.ts";
import { newKeyPair } from "../../sandbox/keyPair.ts";

const key = (): string => newKeyPair().private;
const publicKey = (text: string): string => {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
};
const HOST_KEY = key();
const USER_KEY = key();
const SEEN = {
  host: { token: "t ü", scripts: "s", proxyRuns: true, time: 1, architecture: "x86_64" },
  applications: {},
};

interface Answer {
  output?: string;
  errors?: string;
  code?: number;
  silent?: boolean;
  /** What `uname -m` prints. */
  machine?: string;
  /** What the survey of a machine prints. */
  survey?: string;
}
const servers: ssh2.Server[] = [];
const commands: string[] = [];
/** By which the servers proved that they have their key. */
const signatures: string[] = [];
let open = 0;

/** A machine with an SSH server of its own, which answers every command alike and forwards to one port. */
async function machine(answer: Answer = {}, forwardTo?: number, hostKey = HOST_KEY): Promise<Reach> {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    open += 1;
    client.on("close", () => {
      open -= 1;
    });
    client.on("error", () => undefined);
    client.on("handshake", ({ serverHostKey }) => signatures.push(serverHostKey));
    client.on("authentication", (context) =>
      context.method === "publickey" ? context.accept() : context.reject(["publickey"]),
    );
    client.on("session", (accept) =>
      accept().on("exec", (run, _, { command }) => {
        commands.push(command);
        const stream = run();
        if (answer.silent) return;
        if (command === "uname -m") {
          stream.write(answer.machine ?? "x86_64\n");
          stream.exit(0);
          return stream.end();
        }
        if (command.startsWith("sh -s")) {
          let script = "";
          stream.on("data", (data: Buffer) => {
            script += data;
          });
          return void stream.on("end", () => {
            stream.write(/^NEEDED=/m.test(script) ? (answer.survey ?? "") : "no script");
            stream.exit(answer.survey === undefined ? 1 : 0);
            stream.end();
          });
        }
        const bytes = Buffer.from(answer.output ?? JSON.stringify(SEEN));
        for (const byte of bytes) stream.write(Buffer.from([byte]));
        stream.stderr.write(answer.errors ?? "");
        stream.exit(answer.code ?? 0);
        stream.end();
      }),
    );
    client.on("tcpip", (accept, reject) => {
      if (forwardTo === undefined) return void reject();
      void import("node:net").then(({ connect }) => {
        const stream = accept();
        const socket = connect(forwardTo, "127.0.0.1");
        socket.on("error", () => stream.end());
        stream.pipe(socket).pipe(stream);
      });
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: "127.0.0.1",
    port,
    user: "deploy",
    privateKey: USER_KEY,
    agent: false,
    hostKey: publicKey(hostKey),
  };
}

const closed = async (): Promise<number> => {
  for (let tries = 0; open > 0 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  return open;
};
afterEach(async () => {
  expect(await closed()).toBe(0);
  servers.splice(0).forEach((server) => server.close());
  commands.length = 0;
  signatures.length = 0;
});

describe("a look at a host", () => {
  it("runs one command, and gives what it answers", async () => {
    expect(await look(await machine(), "/opt")).toEqual(SEEN);
    expect(commands).toEqual(["/opt/slipway/bin/slipway inspect"]);
  });

  it.each<[string, Answer]>([
    ["has no scripts yet", { code: 127, output: "", errors: "bash: no such file" }],
    ["was retired", { code: 1, output: "", errors: "error: this host is not prepared yet; run pulumi up for it\n" }],
  ])("that %s finds it unprepared", async (_, answer) =>
    expect(await look(await machine(answer), "/opt")).toEqual({
      ...UNPREPARED,
      host: { ...UNPREPARED.host, architecture: "x86_64" },
    }),
  );

  it("asks a machine that is not prepared what it has and lacks", async () => {
    const survey = "user deploy\ncontainer greet web greet-web-1 False\nmissing jq\n";
    const seen = await look(await machine({ code: 127, output: "", survey }), "/opt", { ports: [80, 443] });
    expect(commands).toEqual(["/opt/slipway/bin/slipway inspect", "sh -s -- /opt 80 443", "uname -m"]);
    expect(seen.survey).toMatchObject({ user: "deploy", missing: ["jq"] });
    expect(seen.projects).toEqual({
      greet: { folder: "", containers: [{ service: "web", name: "greet-web-1", volumes: [], ports: [] }] },
    });
  });

  it("asks a host of an older version what machine it is, and takes no nonsense for it", async () => {
    const { architecture: _, ...host } = SEEN.host;
    const output = JSON.stringify({ ...SEEN, host });
    expect((await look(await machine({ output, machine: "aarch64\n" }), "/opt")).host.architecture).toBe("aarch64");
    expect(commands).toEqual(["/opt/slipway/bin/slipway inspect", "uname -m"]);
    expect((await look(await machine({ output, machine: "this key may only deploy" }), "/opt")).host).toEqual(host);
  });

  it("fails with the host's own words", async () =>
    await expect(look(await machine({ code: 5, output: "", errors: "jq: error\n" }), "/opt")).rejects.toThrow(
      "slipway inspect ended with 5: jq: error",
    ));

  it("sends nothing to a machine with another key", async () => {
    const target = await machine();
    await expect(look({ ...target, hostKey: publicKey(key()) }, "/opt")).rejects.toThrow(
      /127\.0\.0\.1 shows another host key than the one that is known, so it may be another machine; nothing was sent to it/,
    );
    const otherType = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;
    await expect(look({ ...target, hostKey: publicKey(otherType) }, "/opt")).rejects.toThrow(/another host key/);
    expect(commands).toEqual([]);
  });

  it("asks for a key by its type's name, as the deployment's plugin does, so that it sees no host that would fail", async () => {
    const { private: rsa } = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });
    await look(await machine({}, undefined, rsa), "/opt");
    await look(await machine(), "/opt");
    expect(signatures).toEqual(["ssh-rsa", "ssh-ed25519"]);
  });

  it("asks no key where the check was waived", async () => {
    const { hostKey: _, ...unchecked } = await machine();
    expect(await look(unchecked, "/opt")).toEqual(SEEN);
  });

  it("says when nobody is there, and when the user is unknown", async () => {
    const target = await machine();
    await expect(look({ ...target, port: 1 }, "/opt")).rejects.toThrow(/ECONNREFUSED/);
    const { privateKey: _, ...keyless } = target;
    await expect(look(keyless, "/opt")).rejects.toThrow(/authentication methods failed/);
  });

  it("sends each message of the handshake at once", async () => {
    const noDelay = vi.spyOn(Socket.prototype, "setNoDelay");
    await look(await machine({ output: JSON.stringify(SEEN) }), "/opt");
    expect(noDelay).toHaveBeenCalled();
    noDelay.mockRestore();
  });

  it("waits for an answer for a while, not longer", async () => {
    await expect(look(await machine({ silent: true }), "/opt", { timeout: 100 })).rejects.toThrow(
      "no answer within 0.1 s",
    );
  });

  it("goes through a bastion, and leaves it when the host behind it does not answer", async () => {
    const inner = await machine();
    const { bastion: _, ...bastion } = await machine({}, inner.port);
    expect(await look({ ...inner, bastion }, "/opt")).toEqual(SEEN);
    await expect(look({ ...inner, hostKey: publicKey(key()), bastion }, "/opt")).rejects.toThrow(/another host key/);
    const { bastion: __, ...refusing } = await machine();
    await expect(look({ ...inner, bastion: refusing }, "/opt")).rejects.toThrow(/Channel open failure/);
  });
});
