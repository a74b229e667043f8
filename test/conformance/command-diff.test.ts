import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, kinds, Plugin, replacing, urn } from "./support/plugin.ts";
import { isSecret, open, type Properties, secret, unknown } from "./support/values.ts";

const command = urn("command:remote:Command");
const nowhere = { host: "127.0.0.1", port: 1, user: "nobody", dialErrorLimit: 0, perDialTimeout: 1 };
const keys = { privateKey: "a", privateKeyPassword: "b", password: "c" };
const old = { create: "echo one", delete: "echo bye", stdin: "s", triggers: ["a"], connection: nowhere };

describe("what the command plugin plans", () => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = await Plugin.start("command");
  });
  afterAll(() => plugin.stop());

  async function difference(change: Properties) {
    const before = await plugin.checked(command, old);
    const after = await plugin.checked(command, { ...old, ...change });
    return plugin.diff(command, { ...before, stdout: "one", stderr: "" }, before, after);
  }

  test("the connection is filled with defaults and marked secret", async () => {
    const { inputs, failures } = await plugin.check(command, { create: "true", connection: { host: "h" } });
    expect(failures).toEqual([]);
    expect(isSecret(inputs.connection)).toBe(true);
    expect(open(inputs.connection)).toEqual({
      host: "h",
      user: "root",
      port: 22,
      dialErrorLimit: 10,
      perDialTimeout: 15,
    });
  });

  test("what opens a connection is a secret of its own in it, and what names it is not", async () => {
    const hop = { host: "h", hostKey: "k", agentSocketPath: "/a", ...keys };
    const inputs = await plugin.checked(command, { create: "true", connection: { ...hop, proxy: hop } });
    const connection = open(inputs.connection);
    for (const one of [connection, connection.proxy]) {
      for (const [name, value] of Object.entries(keys)) expect(one[name]).toEqual(secret(value));
      for (const name of ["host", "hostKey", "agentSocketPath", "user"]) expect(isSecret(one[name])).toBe(false);
    }
  });

  test("a missing host is a failure that names it", async () => {
    const { failures } = await plugin.check(command, { create: "true", connection: {} });
    expect(JSON.stringify(failures)).toContain("host");
  });

  test("unchanged inputs are no change", async () => {
    const { changes, detail } = await difference({});
    expect(changes).not.toBe(changed);
    expect(detail).toEqual({});
  });

  test.each([
    ["create", { create: "echo two" }],
    ["an added update", { update: "echo two" }],
    ["an edited delete", { delete: "echo farewell" }],
    ["stdin", { stdin: "t" }],
    ["a rotated key", { connection: { ...nowhere, privateKey: "other" } }],
    ["logging", { logging: "none" }],
    ["environment", { environment: { A: "b" } }],
    ["addPreviousOutputInEnv", { addPreviousOutputInEnv: false }],
  ])("%s is an update, not a replacement", async (_, change) => {
    const { changes, replaces, detail } = await difference(change);
    expect(changes).toBe(changed);
    expect(replaces).toEqual([]);
    expect(Object.values(detail).filter((kind) => replacing.includes(kind))).toEqual([]);
  });

  test.each([
    ["a change", { create: "echo two" }, "create", kinds.update],
    ["what is new", { update: "echo two" }, "update", kinds.add],
    ["what is gone", { stdin: undefined }, "stdin", kinds.remove],
    ["one of several variables", { environment: { A: "b" } }, "environment", kinds.add],
    ["a change within what is secret", { connection: { ...nowhere, port: 2 } }, "connection", kinds.update],
  ])("%s is told by its place and kind, between the state and what comes", async (_, change, place, kind) => {
    const { diffs, detail, ofInputs } = await difference(change);
    expect(detail).toEqual({ [place]: kind });
    expect(ofInputs).toEqual({ [place]: false });
    expect(diffs).toEqual([place]);
  });

  /** The SDK's replaceOnChanges (`triggers[*]`) makes a replacement of it. */
  test("a changed element of triggers is an update for the plugin", async () => {
    const { changes, replaces, detail } = await difference({ triggers: ["b"] });
    expect(changes).toBe(changed);
    expect(detail).toEqual({ "triggers[0]": kinds.update });
    expect(replaces).toEqual([]);
  });

  test("triggers that appear are a replacement, with no delete before the create", async () => {
    const { triggers: _, ...without } = old;
    const before = await plugin.checked(command, without);
    const after = await plugin.checked(command, old);
    const { detail } = await plugin.diff(command, { ...before, stdout: "", stderr: "" }, before, after);
    expect(replacing).toContain(detail.triggers);
  });

  test("a preview of a create never dials and leaves the output unknown", async () => {
    const inputs = await plugin.checked(command, { ...old, create: secret("echo hidden") });
    const { state } = await plugin.create(command, inputs, true);
    expect(state.stdout).toBe(unknown);
    expect(state.stderr).toBe(unknown);
    expect(isSecret(state.create)).toBe(true);
    expect(isSecret(state.connection)).toBe(true);
    expect(plugin.engine.messages().filter((message) => message.includes("Dial"))).toEqual([]);
  });

  describe("a preview of an update", () => {
    async function preview(change: Properties): Promise<Properties> {
      const before = await plugin.checked(command, old);
      const after = await plugin.checked(command, { ...old, ...change });
      return plugin.update(command, { ...before, stdout: "one", stderr: "two" }, before, after, true);
    }

    test("never dials", async () => {
      await preview({ create: "echo two" });
      expect(plugin.engine.messages().filter((message) => message.includes("Dial"))).toEqual([]);
    });

    test.each([
      ["changed", { create: "echo two" }],
      ["gone", { stdin: undefined }],
      ["unknown", { update: unknown }],
      ["changed within what is secret", { connection: { ...nowhere, port: 2 } }],
    ])("leaves the output unknown when an input is %s", async (_, change) => {
      const state = await preview(change);
      expect(state.stdout).toBe(unknown);
      expect(state.stderr).toBe(unknown);
    });

    test("shows the output of the last run when inputs are only added", async () => {
      const state = await preview({ update: "echo two", environment: { A: "b" } });
      expect(state.stdout).toBe("one");
      expect(state.stderr).toBe("two");
    });

    test("shows the new inputs", async () => {
      const state = await preview({ create: "echo two" });
      expect(state).toMatchObject({ create: "echo two", delete: old.delete });
      expect(isSecret(state.connection)).toBe(true);
    });
  });

  test("inputs unknown at preview pass the check", async () => {
    const { failures } = await plugin.check(command, {
      create: unknown,
      stdin: unknown,
      connection: { host: unknown },
    });
    expect(failures).toEqual([]);
  });

  test("a read looks at nothing and gives back what was known", async () => {
    const inputs = await plugin.checked(command, old);
    const state = { ...inputs, stdout: "stored", stderr: "" };
    expect((await plugin.read(command, state, inputs)).stdout).toBe("stored");
  });
});
