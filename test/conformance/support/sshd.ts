import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../support/freePort.ts";

const sshd = "/usr/sbin/sshd";

/** Host keys as most servers have them; the first is the one that tests give unless they say otherwise. */
const hostKeys = { host: "ed25519", "host-ecdsa": "ecdsa", "host-rsa": "rsa" };

/** A real OpenSSH server of one's own on a free loopback port: three host keys, one authorised key, AcceptEnv for the previous output. */
export class Sshd {
  folder = "";
  readonly user = userInfo().username;
  port = 0;
  #process: ChildProcess | undefined;

  async start(): Promise<this> {
    if (!existsSync(sshd)) throw new Error(`${sshd} is missing; install Debian's openssh-server`);
    this.folder = mkdtempSync(join(tmpdir(), "slipway-sshd-"));
    for (const [name, type] of Object.entries({ ...hostKeys, client: "ed25519", stranger: "ed25519" })) {
      execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", join(this.folder, name)]);
    }
    this.port = await freePort();
    writeFileSync(join(this.folder, "authorized_keys"), this.key("client.pub"), { mode: 0o600 });
    writeFileSync(
      join(this.folder, "config"),
      [
        `Port ${this.port}`,
        "ListenAddress 127.0.0.1",
        ...Object.keys(hostKeys).map((name) => `HostKey ${this.folder}/${name}`),
        "UsePAM no",
        "StrictModes no",
        `PidFile ${this.folder}/pid`,
        `AuthorizedKeysFile ${this.folder}/authorized_keys`,
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        "AcceptEnv PULUMI_COMMAND_*",
        "AllowTcpForwarding yes",
        "LogLevel VERBOSE",
        "",
      ].join("\n"),
    );
    if (process.getuid?.() === 0) execFileSync("mkdir", ["-p", "-m", "755", "/run/sshd"]);
    this.#process = spawn(sshd, ["-D", "-f", join(this.folder, "config"), "-E", join(this.folder, "log")], {
      stdio: "ignore",
    });
    for (let tries = 0; !(await listens(this.port)); tries += 1) {
      if (tries > 100) throw new Error(`sshd does not listen:\n${this.log()}`);
      await sleep(50);
    }
    return this;
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (running && running.exitCode === null) {
      running.kill();
      await once(running, "exit");
    }
    if (this.folder !== "") rmSync(this.folder, { recursive: true, force: true });
  }

  key(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  log(): string {
    return existsSync(join(this.folder, "log")) ? readFileSync(join(this.folder, "log"), "utf8") : "";
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  connection(more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      host: "127.0.0.1",
      port: this.port,
      user: this.user,
      privateKey: this.key("client"),
      dialErrorLimit: 0,
      perDialTimeout: 5,
      ...more,
    };
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
