import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/freePort.ts";
import { Plugin } from "./support/plugin.ts";
import { TestRegistry } from "./support/registry.ts";
import type { Properties } from "./support/values.ts";

const getRegistryImage = "docker:index/getRegistryImage:getRegistryImage";

describe("docker.getRegistryImage", () => {
  const plain = new TestRegistry();
  const tls = new TestRegistry();
  const tokens = new TestRegistry();
  const plugins: Plugin[] = [];
  beforeAll(async () => {
    await Promise.all([plain.start(), tls.start({ tls: true }), tokens.start({ tokens: true })]);
    tokens.open.add("public");
  });
  afterAll(async () => {
    await Promise.all([plain.stop(), tls.stop(), tokens.stop(), ...plugins.map((plugin) => plugin.stop())]);
  });

  /** No daemon is within reach of these plugins. */
  async function asking(auth: Properties[], args: Properties): Promise<Properties> {
    const plugin = await Plugin.start("docker", {
      host: "tcp://127.0.0.1:1",
      disableDockerDaemonCheck: "true",
      registryAuth: JSON.stringify(auth),
    });
    plugins.push(plugin);
    return plugin.invoke(getRegistryImage, args);
  }
  const plainAuth = () => [{ address: `http://${plain.address}`, username: plain.username, password: plain.password }];
  const tokensAuth = (password = tokens.password) => [
    { address: `http://${tokens.address}`, username: tokens.username, password },
  ];
  const tlsAuth = () => [{ address: tls.address, username: tls.username, password: tls.password }];

  test("resolves a tag to its digest, without a daemon", async () => {
    const digest = plain.put("team/shop", "1.2.0");
    const name = `${plain.address}/team/shop:1.2.0`;
    expect(await asking(plainAuth(), { name })).toMatchObject({ id: digest, sha256Digest: digest, name });
  });

  test("asks for latest when the name has no tag", async () => {
    const digest = plain.put("shop", "latest");
    expect((await asking(plainAuth(), { name: `${plain.address}/shop` })).sha256Digest).toBe(digest);
  });

  test("a moved tag gives the new digest", async () => {
    plain.put("moving", "1.0.0", '{"first":true}');
    const before = await asking(plainAuth(), { name: `${plain.address}/moving:1.0.0` });
    const digest = plain.put("moving", "1.0.0", '{"second":true}');
    const after = await asking(plainAuth(), { name: `${plain.address}/moving:1.0.0` });
    expect(after.sha256Digest).toBe(digest);
    expect(before.sha256Digest).not.toBe(digest);
  });

  test("a certificate of unknown origin is refused, unless insecureSkipVerify", async () => {
    const digest = tls.put("shop", "1.0.0");
    const name = `${tls.address}/shop:1.0.0`;
    await expect(asking(tlsAuth(), { name })).rejects.toThrow(/x509|certificate/);
    expect((await asking(tlsAuth(), { name, insecureSkipVerify: true })).sha256Digest).toBe(digest);
  });

  test("a missing tag is an error that names the image", async () => {
    await expect(asking(plainAuth(), { name: `${plain.address}/team/shop:9.9.9` })).rejects.toThrow(
      /fetch image version team\/shop:9\.9\.9 from registry: .*404/s,
    );
  });

  test("wrong credentials are an error that says 401 and no password", async () => {
    plain.put("shop", "1.0.0");
    const [login] = plainAuth();
    const refused = asking([{ ...login, password: "wrong-pass-word" }], { name: `${plain.address}/shop:1.0.0` });
    await expect(refused).rejects.toThrow(/bad credentials: 401/i);
    await expect(refused).rejects.not.toThrow(/wrong-pass-word/);
  });

  test("a login is exchanged for a token where the registry asks for one", async () => {
    const digest = tokens.put("private", "1.0.0");
    const name = `${tokens.address}/private:1.0.0`;
    expect((await asking(tokensAuth(), { name })).sha256Digest).toBe(digest);
    await expect(asking(tokensAuth("wrong-pass-word"), { name })).rejects.toThrow(/401/);
  });

  test("a public image is found with a wrong login, too", async () => {
    const digest = tokens.put("public", "1.0.0");
    const name = `${tokens.address}/public:1.0.0`;
    expect((await asking(tokensAuth("wrong-pass-word"), { name })).sha256Digest).toBe(digest);
  });

  test("a registry that is unavailable is asked a second time, and no third", async () => {
    const digest = plain.put("busy", "1.0.0");
    const name = `${plain.address}/busy:1.0.0`;
    plain.failing = 1;
    expect((await asking(plainAuth(), { name })).sha256Digest).toBe(digest);
    plain.failing = 2;
    await expect(asking(plainAuth(), { name })).rejects.toThrow(/bad response from registry: 503/i);
    expect(plain.failing).toBe(0);
  });

  describe("a registry that does not tell digests", () => {
    afterEach(() => {
      plain.withoutDigest = tokens.withoutDigest = false;
    });

    test("is of no use with a login that it takes at once", async () => {
      plain.put("mute", "1.0.0");
      plain.withoutDigest = true;
      await expect(asking(plainAuth(), { name: `${plain.address}/mute:1.0.0` })).rejects.toThrow(
        /reading registry response body/i,
      );
    });

    test("is asked for the manifest itself where it gives tokens", async () => {
      const digest = tokens.put("private", "2.0.0");
      tokens.withoutDigest = true;
      expect((await asking(tokensAuth(), { name: `${tokens.address}/private:2.0.0` })).sha256Digest).toBe(digest);
    });
  });

  test("a registry that is down is an error that says so", async () => {
    await expect(asking([], { name: `127.0.0.1:${await freePort()}/shop:1.0.0` })).rejects.toThrow(
      /connection refused/,
    );
  });
});
