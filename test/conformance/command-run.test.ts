import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/freePort.ts";
import { info } from "./support/engine.ts";
import { Plugin, urn } from "./support/plugin.ts";
import { Sshd } from "./support/sshd.ts";
import { isSecret, open, type Properties, secret } from "./support/values.ts";

const command = urn("command:remote:Command");

describe("what the command plugin does on a host", () => {
  let plugin: Plugin;
  const host = new Sshd();
  beforeAll(async () => {
    // The plugin is last: where there is no sshd, none is left running.
    await host.start();
    plugin = await Plugin.start("command");
  });
  afterAll(async () => {
    await plugin?.stop();
    await host.stop();
  });

  const inputs = (more: Properties, hop: Properties = {}) =>
    plugin.checked(command, { connection: host.connection(hop), ...more });
  const create = async (more: Properties, hop: Properties = {}) => plugin.create(command, await inputs(more, hop));

  test("create runs, and one trailing newline of the output is dropped", async () => {
    const { id, state } = await create({ create: "echo out; echo; echo err >&2" });
    expect(id).toMatch(/^it[0-9a-f]{8}$/);
    expect(state.stdout).toBe("out\n");
    expect(state.stderr).toBe("err");
  });

  test("without a create nothing runs and nothing is dialled", async () => {
    const { state } = await create({ delete: "true" }, { port: 1 });
    expect(state.stdout).toBe("");
  });

  test("stdin arrives, to the last byte", async () => {
    const sent = "line of input\n".repeat(30_000);
    const { state } = await create({ create: "sha256sum | cut -c1-64", stdin: sent });
    expect(state.stdout).toBe(createHash("sha256").update(sent).digest("hex"));
  });

  test("what opens a connection is secret in the state by itself, too", async () => {
    const { state } = await create({ create: "true" }, { proxy: host.connection() });
    const connection = open(state.connection);
    expect(open(connection.privateKey)).toBe(host.key("client"));
    expect(isSecret(connection.privateKey)).toBe(true);
    expect(isSecret(connection.proxy.privateKey)).toBe(true);
    for (const plain of ["host", "port", "user"]) expect(isSecret(connection[plain])).toBe(false);
  });

  test("secret inputs are secret outputs; stdout is not, by itself", async () => {
    const { state } = await create({ create: "cat", stdin: secret("hidden") });
    expect(isSecret(state.stdin)).toBe(true);
    expect(isSecret(state.connection)).toBe(true);
    expect(state.stdout).toBe("hidden");
  });

  test("a failure says the status, the whole command line, and all output", async () => {
    const line = 'echo first; echo "second" >&2; exit 3';
    await expect(create({ create: line })).rejects.toThrow(
      `Process exited with status 3: running ${JSON.stringify(line)}:\n`,
    );
    await expect(create({ create: line })).rejects.toThrow(/first\n/);
    await expect(create({ create: line })).rejects.toThrow(/second\n/);
  });

  test("an update runs update, and the previous output is in its environment", async () => {
    const before = await inputs({ create: "echo one" });
    const { state } = await plugin.create(command, before);
    const after = await inputs({ create: "echo one", update: 'echo "before: $PULUMI_COMMAND_STDOUT"' });
    expect((await plugin.update(command, state, before, after)).stdout).toBe("before: one");
    const without = await inputs({
      ...{ create: "echo one", update: 'echo "before: $PULUMI_COMMAND_STDOUT"' },
      addPreviousOutputInEnv: false,
    });
    expect((await plugin.update(command, state, before, without)).stdout).toBe("before: ");
  });

  test("an update without an update command runs create again", async () => {
    const before = await inputs({ create: "echo one" });
    const { state } = await plugin.create(command, before);
    const after = await inputs({ create: "echo two", delete: "true" });
    expect((await plugin.update(command, state, before, after)).stdout).toBe("two");
  });

  test("a failed update is an error", async () => {
    const before = await inputs({ create: "echo one" });
    const { state } = await plugin.create(command, before);
    const after = await inputs({ create: "echo one", update: "exit 4" });
    await expect(plugin.update(command, state, before, after)).rejects.toThrow("Process exited with status 4");
  });

  test("delete runs delete; without one it does nothing", async () => {
    const mark = host.file("deleted");
    const some = await inputs({ create: "true", delete: `echo gone > ${mark}` });
    const { state } = await plugin.create(command, some);
    expect(existsSync(mark)).toBe(false);
    await plugin.remove(command, state, some);
    expect(readFileSync(mark, "utf8")).toBe("gone\n");
    const none = await inputs({ create: "true" }, { port: 1 });
    await plugin.remove(command, { ...none, stdout: "", stderr: "" }, none);
  });

  test("a failing delete is an error, so that the resource stays", async () => {
    const some = await inputs({ create: "true", delete: "exit 5" });
    const { state } = await plugin.create(command, some);
    await expect(plugin.remove(command, state, some)).rejects.toThrow("Process exited with status 5");
  });

  test("output is shown as progress, as far as logging allows", async () => {
    await create({ create: "echo shown-out; echo shown-err >&2" });
    await create({ create: "echo only-err-out; echo only-err-err >&2", logging: "stderr" });
    await create({ create: "echo quiet-out; echo quiet-err >&2", logging: "none" });
    const lines = plugin.engine.messages(info);
    expect(lines).toEqual(expect.arrayContaining(["shown-out", "shown-err", "only-err-err"]));
    for (const hidden of ["only-err-out", "quiet-out", "quiet-err"]) expect(lines).not.toContain(hidden);
    expect(plugin.engine.lines.find((line) => line.message === "shown-out")).toMatchObject({
      ephemeral: true,
      urn: command,
    });
  });

  test("an environment that the server does not accept is an error", async () => {
    await expect(create({ create: "true", environment: { UNHEARD_OF: "x" } })).rejects.toThrow(
      'could not set environment variable "UNHEARD_OF"',
    );
  });

  test("the right host key is accepted, another refused, none not checked", async () => {
    expect((await create({ create: "echo ok" }, { hostKey: host.key("host.pub") })).state.stdout).toBe("ok");
    await expect(
      create({ create: `touch ${host.file("reached")}` }, { hostKey: host.key("stranger.pub") }),
    ).rejects.toThrow(/host key mismatch/);
    expect(existsSync(host.file("reached"))).toBe(false);
    expect((await create({ create: "echo ok" })).state.stdout).toBe("ok");
  });

  test("a server with several keys shows the one whose type is asked for", async () => {
    for (const name of ["host.pub", "host-ecdsa.pub"]) {
      expect((await create({ create: "echo ok" }, { hostKey: host.key(name) })).state.stdout).toBe("ok");
    }
  });

  test("a key of type ssh-rsa cannot be checked: only its SHA-1 signature is asked for", async () => {
    await expect(create({ create: "echo ok" }, { hostKey: host.key("host-rsa.pub") })).rejects.toThrow(
      /no common algorithm for host key.*\[ssh-rsa\]/,
    );
  });

  test("a stranger's key is refused", async () => {
    await expect(create({ create: "true" }, { privateKey: host.key("stranger") })).rejects.toThrow(
      /unable to authenticate/,
    );
  });

  test("a bastion is dialled first, and its host key is checked as well", async () => {
    const bastion = {
      host: "127.0.0.1",
      port: host.port,
      user: host.user,
      privateKey: host.key("client"),
      dialErrorLimit: 0,
    };
    expect((await create({ create: "echo through" }, { proxy: bastion })).state.stdout).toBe("through");
    await expect(
      create({ create: "true" }, { proxy: { ...bastion, hostKey: host.key("stranger.pub") } }),
    ).rejects.toThrow(/^.*proxy: .*host key mismatch/);
  });

  test("dialling is retried dialErrorLimit times, and said", async () => {
    const port = await freePort();
    await expect(create({ create: "true" }, { port, dialErrorLimit: 2 })).rejects.toThrow(
      /after 2 failed attempts: .*connection refused/,
    );
    expect(plugin.engine.messages(info)).toEqual(
      expect.arrayContaining(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]),
    );
  });

  test("cancel ends dialling at once, and leaves a running command to its end and its output in the state", async () => {
    const other = await Plugin.start("command");
    try {
      const running = other.create(command, await inputs({ create: `sleep 3; echo done | tee ${host.file("done")}` }));
      const nowhere = await inputs({ create: "true" }, { port: await freePort(), dialErrorLimit: -1 });
      const dialling = expect(other.create(command, nowhere)).rejects.toThrow(/cancel/);
      await sleep(1000);
      await other.cancel();
      await dialling;
      expect(existsSync(host.file("done"))).toBe(false);
      expect((await running).state.stdout).toBe("done");
    } finally {
      await other.stop();
    }
  });

  test("a resource's timeout does not end a running command", async () => {
    const { state } = await plugin.create(command, await inputs({ create: "sleep 2; echo done" }), false, 1);
    expect(state.stdout).toBe("done");
  });

  describe("a long line of output", () => {
    const line = (length: number) =>
      `head -c ${length} /dev/zero | tr '\\0' x; echo; touch ${host.file(`after-${length}`)}`;

    test("passes up to 65,535 bytes", async () => {
      expect((await create({ create: line(65_535) })).state.stdout).toHaveLength(65_535);
    });

    test("passes whatever its length when it is not logged", async () => {
      expect((await create({ create: line(100_000), logging: "none" })).state.stdout).toHaveLength(100_000);
    });

    test("of 65,536 bytes or more is never read to its end, and the run never ends", async () => {
      const other = await Plugin.start("command");
      try {
        const endless = other.create(command, await inputs({ create: line(3_000_000) })).then(
          () => "ended",
          (error: Error) => error.message,
        );
        expect(await Promise.race([endless, sleep(3000, "still running")])).toBe("still running");
        expect(existsSync(host.file("after-3000000"))).toBe(false);
        await other.cancel();
        expect(await Promise.race([endless, sleep(1000, "still running")])).toBe("still running");
      } finally {
        await other.stop();
      }
    });
  });
});
