/** What the DNS challenge needs on a host: a proxy with the module, and secrets as files. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { hostShell, type Ran } from "../support/hostShell.ts";

const { root, run, double } = hostShell("proxy-dns");
const proxy = join(root, "slipway/proxy");
const parts = "{lib/*,bootstrap/proxy}";
function prepared(body: string, request: object): Ran {
  writeFileSync(join(root, "request"), JSON.stringify(request));
  return run(`umask 077; REQUEST=$ROOT/request; ${body}`, { parts });
}

describe("the proxy's image", () => {
  const request = { proxy: { image: "ghcr.io/anna/caddy:2", module: "dns.providers.cloudflare" } };
  it("has the module of the DNS provider", () => {
    double("docker", `echo "$*" >${root}/asked; printf 'admin.api.load\\ndns.providers.cloudflare\\n'`);
    expect(prepared("proxy_has_its_module", request)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(root, "asked"), "utf8")).toBe(
      "run --rm --network none --entrypoint caddy ghcr.io/anna/caddy:2 list-modules\n",
    );
  });
  it("is refused without it, also where it has one of a longer name", () => {
    double("docker", "printf 'dns.providers.cloudflare2\\n'");
    expect(prepared("proxy_has_its_module", request)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "the proxy's image ghcr.io/anna/caddy:2 lacks the module dns.providers.cloudflare",
      ),
    });
  });
  it("is not asked where no module is needed", () => {
    double("docker", "exit 1");
    expect(prepared("proxy_has_its_module", { proxy: { image: "caddy:2" } }).code).toBe(0);
  });
});

describe("a secret of the proxy", () => {
  beforeEach(() => {
    rmSync(join(proxy, "dns"), { recursive: true, force: true });
  });
  it("is a file that nobody else reads", () => {
    expect(prepared("proxy_secrets", { secrets: { "token.0a": "abc" } })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(proxy, "dns/token.0a"), "utf8")).toBe("abc");
    expect(statSync(join(proxy, "dns/token.0a")).mode & 0o777).toBe(0o600);
  });
  it("is not repeated where the proxy refuses it", () => {
    const [token, key] = ['it\'s "a" $(secret) *', "an0ther"];
    double("docker", `cat ${root}/says; exit 1`);
    writeFileSync(join(root, "says"), `Error: API token '${token}' with ${key} appears invalid\n`);
    const { code, stderr } = prepared("give_settings before", { secrets: { "token.0a": token, "key.0a": key } });
    expect([code, stderr]).toEqual([
      1,
      "error: the proxy refuses its settings: Error: API token '[secret]' with [secret] appears invalid. It still has the old ones\n",
    ]);
  });
  it("goes when the proxy has read settings that do not name it", () => {
    mkdirSync(join(proxy, "dns"), { recursive: true });
    for (const name of ["token.0a", "token.0b"]) writeFileSync(join(proxy, "dns", name), "x");
    writeFileSync(join(proxy, "Caddyfile"), "{\n\tacme_dns cloudflare {file./etc/caddy/dns/token.0b}\n}\n");
    expect(prepared("forget_proxy_secrets", {}).code).toBe(0);
    expect(readdirSync(join(proxy, "dns"))).toEqual(["token.0b"]);
  });
});

describe("the settings of the DNS challenge", () => {
  const checked = (dns: object, image?: string) => {
    const host = {
      address: "10.0.0.1",
      agent: true,
      insecureIgnoreHostKey: true,
      proxy: { ...(image && { image }), dns },
    };
    return check({ hosts: JSON.stringify({ "web-1": host }) }, { folder: "/", readFile: () => "" });
  };
  const IMAGE = "ghcr.io/anna/caddy:2";
  it("are an image, the module, and a secret", () => {
    const { problems, warnings, settings } = checked({ provider: "cloudflare", token: "t0ken" }, IMAGE);
    expect(problems).toEqual([]);
    expect(settings!.hosts["web-1"]!.proxy.dns).toEqual({
      provider: "cloudflare",
      token: "t0ken",
      options: {},
      secretOptions: {},
    });
    expect(warnings).toEqual([
      "slipway:hosts.web-1.proxy.dns.token is in plain text in the stack's file; encrypt it: pulumi config set --secret --path 'slipway:hosts.web-1.proxy.dns.token'",
    ]);
  });
  it.each<[string, object, string | undefined, string]>([
    [
      "without an image",
      { provider: "cloudflare", token: "t" },
      undefined,
      "proxy.image: is missing, and Caddy's own image has no DNS module; name one that has dns.providers.cloudflare",
    ],
    [
      "without a secret",
      { provider: "cloudflare" },
      IMAGE,
      "proxy.dns.token: is missing; give it, or what the module asks for, in secretOptions",
    ],
    [
      "with a provider that is none",
      { provider: "a b", token: "t" },
      IMAGE,
      'proxy.dns.provider: "a b" is not the name of a DNS module of Caddy',
    ],
    [
      "with an option that the proxy would fill in",
      { provider: "a", token: "t", options: { b: "{env.X}" } },
      IMAGE,
      'proxy.dns.options.b: "{env.X}" is not one line without braces',
    ],
    [
      "with a token that is a number",
      { provider: "a", token: 12345 },
      IMAGE,
      "proxy.dns.token: (a hidden value) is a number",
    ],
    [
      "with an option whose name ends a block",
      { provider: "a", token: "t", options: { "}": "x" } },
      IMAGE,
      "proxy.dns.options: ",
    ],
  ])("are refused %s", (_, dns, image, message) =>
    expect(checked(dns, image).problems.join("\n")).toContain(`slipway:hosts.web-1.${message}`),
  );
});
