/** Machines that cannot be reached by SSH, and names that only ~/.ssh/config knows. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answer } from "../../cli/init/ask.ts";
import { renderProject } from "../../cli/init/render.ts";
import { recognise } from "../../cli/init/seen.ts";
import { look } from "../../components/host/look.ts";
import { asSettings, inSshConfig } from "../../components/host/sshConfig.ts";
import { whyUnreachable } from "../../components/host/unreachable.ts";
import { GO } from "../fixtures/checkouts.ts";
import { temporaryFolder } from "../support/folder.ts";

const config = join(temporaryFolder("ssh"), "config");
writeFileSync(
  config,
  `Host web
  HostName 203.0.113.7
  User anna
  Port 2222
  IdentityFile ~/.ssh/web
  ProxyJump jump.example.com
Host 198.51.100.*
  User bob
`,
);
const known = (name: string) => inSshConfig(name, config);
const WEB = { address: "203.0.113.7", user: "anna", port: 2222, keyFile: "~/.ssh/web", jump: "jump.example.com" };

describe("~/.ssh/config", () => {
  it("says what stands behind a name", () => {
    expect(known("web")).toEqual(WEB);
    expect(asSettings(WEB)).toBe(
      "address: 203.0.113.7, user: anna, port: 2222, privateKeyFile: ~/.ssh/web, bastion: (jump.example.com)",
    );
  });

  it("says nothing of a name that it leads nowhere else", () => {
    expect(known("web-1.example.com")).toBeUndefined();
    expect(known("198.51.100.7")).toBeUndefined();
  });

  it("is where `init` has address, user, port and key from, which go into the settings", async () => {
    const seen = recognise(GO);
    const answers = await answer(seen, { address: "web" }, undefined, known);
    const library = { name: "@scope/slipway", spec: "file:slipway.tgz", typescript: "6.0.3" };
    expect(renderProject(seen, answers, library, "..")["Pulumi.prod.yaml"]).toContain(`
    web-1:
      address: 203.0.113.7
      user: anna
      port: 2222
      privateKeyFile: ~/.ssh/web
      # bastion: { address: …, user: …, hostKey: … }   # ProxyJump jump.example.com
      # ssh-keyscan -p 2222 -t ecdsa 203.0.113.7
`);
    expect(await answer(seen, { address: "web", user: "deploy" }, undefined, known)).toMatchObject({ user: "deploy" });
  });
});

describe("a machine that cannot be reached", () => {
  const way = { address: "web", port: 22, user: "deploy", agent: true };
  const why = (message: string, code?: string, more = {}): string =>
    whyUnreachable({ message, ...(code && { code }) }, { ...way, ...more }, known);

  it.each([
    [
      "by a name of ~/.ssh/config",
      why("getaddrinfo ENOTFOUND web", "ENOTFOUND"),
      "getaddrinfo ENOTFOUND web; web is a name of ~/.ssh/config, which only you have; write what stands behind it: address: 203.0.113.7, ",
    ],
    [
      "by a name that nobody knows",
      why("getaddrinfo ENOTFOUND wbe", "ENOTFOUND", { address: "wbe" }),
      "; wbe is a name that this machine does not know; correct the address",
    ],
    ["at a port where nothing listens", why("connect", "ECONNREFUSED"), "; nothing listens at port 22 of web;"],
    ["as nothing answers", why("Timed out while waiting for handshake"), "; web does not answer at port 22; check the"],
    [
      "as its user is not let in by the agent's keys",
      why("All configured authentication methods failed"),
      "; deploy is not let in by the keys of the SSH agent (ssh-add -l); ssh-copy-id -p 22 deploy@web puts one there,",
    ],
    [
      "as its user is not let in by a key",
      why("All configured authentication methods failed", undefined, { agent: false, privateKey: "x" }),
      "; deploy is not let in by the key of the settings; ",
    ],
  ])("%s is told with the way out", (_, said, part) => expect(said).toContain(part));

  it("for another reason is told as it is", () => expect(why("no such thing")).toBe("no such thing"));

  it("is told by the look, of the bastion as of the machine itself", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    await new Promise((resolve) => server.close(resolve));
    const closed = { address: "127.0.0.1", port, user: "deploy", agent: false };
    const told = `nothing listens at port ${port} of 127.0.0.1`;
    await expect(look(closed, "/opt")).rejects.toThrow(told);
    await expect(look({ ...closed, address: "web", port: 22, bastion: closed }, "/opt")).rejects.toThrow(told);
  });
});
