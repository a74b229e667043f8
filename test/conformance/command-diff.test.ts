import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, Plugin, replacing, urn } from "./support/plugin.ts";
import { isSecret, open, type Properties, secret, unknown } from "./support/values.ts";

const command = urn("command:remote:Command");
const nowhere = { host: "127.0.0.1", port: 1, user: "nobody", dialErrorLimit: 0, perDialTimeout: 1 };
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

  /** For an element, the SDK's replaceOnChanges (`triggers[*]`) completes what an official plugin leaves an update. */
  test("a changed trigger is reported below triggers", async () => {
    const { changes, detail } = await difference({ triggers: ["b"] });
    expect(changes).toBe(changed);
    expect(Object.keys(detail)).toEqual([expect.stringMatching(/^triggers/)]);
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

  test("a preview of an update never dials and leaves the output unknown", async () => {
    const before = await plugin.checked(command, old);
    const after = await plugin.checked(command, { ...old, create: "echo two" });
    const state = await plugin.update(command, { ...before, stdout: "one", stderr: "" }, before, after, true);
    expect(state.stdout).toBe(unknown);
    expect(state.create).toBe("echo two");
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
