import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { info } from "./support/engine.ts";
import { Plugin, urn } from "./support/plugin.ts";
import { freePort, Sshd } from "./support/sshd.ts";
import { isSecret, type Properties, secret } from "./support/values.ts";

const command = urn("command:remote:Command");

describe("what the command plugin does on a host", () => {
  let plugin: Plugin;
  let host: Sshd;
  beforeAll(async () => {
    [plugin, host] = await Promise.all([Plugin.start("command"), new Sshd().start()]);
  });
  afterAll(async () => {
    await plugin.stop();
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

  test("cancel ends a running session and further dialling", async () => {
    const other = await Plugin.start("command");
    try {
      const began = Date.now();
      const running = other.create(command, await inputs({ create: "sleep 30" }));
      const dialling = other.create(
        command,
        await inputs({ create: "true" }, { port: await freePort(), dialErrorLimit: -1 }),
      );
      const ended = Promise.allSettled([running, dialling]);
      await sleep(700);
      await other.cancel();
      const results = await Promise.race([ended, sleep(5000).then(() => undefined)]);
      expect(results?.map((result) => result.status)).toEqual(["rejected", "rejected"]);
      expect(Date.now() - began).toBeLessThan(6000);
    } finally {
      await other.stop();
    }
  });
});
