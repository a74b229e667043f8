import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, Plugin } from "./support/plugin.ts";
import { isSecret, open, type Properties } from "./support/values.ts";

const login = { address: "one.example", username: "u", password: "p" };
const settings = (...logins: Properties[]): Properties => ({ registryAuth: JSON.stringify(logins) });

describe("the docker plugin's settings", () => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = await Plugin.launch("docker");
  });
  afterAll(() => plugin?.stop());

  test("registryAuth comes back secret", async () => {
    const { registryAuth } = await plugin.checkConfig(settings(login));
    expect(isSecret(registryAuth)).toBe(true);
    expect(JSON.parse(open(registryAuth))).toEqual([login]);
  });

  test("registryAuth comes back in one spelling, however it was written", async () => {
    const { address, username, password } = login;
    const one = await plugin.checkConfig({ registryAuth: JSON.stringify([{ password, address, username }], null, 2) });
    const other = await plugin.checkConfig({ registryAuth: JSON.stringify([{ username, password, address }]) });
    expect(one.registryAuth).toEqual(other.registryAuth);
    expect(open(one.registryAuth)).not.toMatch(/\s/);
  });

  test.each([
    ["user name", { username: "v" }],
    ["password", { password: "q" }],
  ])("a login with another %s is no change", async (_, change) => {
    const before = await plugin.checkConfig(settings(login));
    const after = await plugin.checkConfig(settings({ ...login, ...change }));
    const { changes, replaces } = await plugin.diffConfig(before, after);
    expect(changes).not.toBe(changed);
    expect(replaces).toEqual([]);
  });

  test("another engine is an update", async () => {
    const before = await plugin.checkConfig({ host: "tcp://127.0.0.1:1" });
    const after = await plugin.checkConfig({ host: "tcp://127.0.0.1:2" });
    const { changes, replaces } = await plugin.diffConfig(before, after);
    expect(changes).toBe(changed);
    expect(replaces).toEqual([]);
  });
});
