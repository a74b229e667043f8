/** The files by which the proxy knows its users: made of secrets on the host, once each. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell, type Ran } from "../support/hostShell.ts";

const HASH = `$2a$14$${"a".repeat(53)}`;
const { root, run, double, journal } = hostShell("logins");
const logins = join(root, "slipway/proxy/logins");
const hashes = (): Record<string, string> =>
  existsSync(logins)
    ? Object.fromEntries(readdirSync(logins).map((name) => [name, readFileSync(join(logins, name), "utf8")]))
    : {};

function written(secret: string, more: object = {}): Ran {
  mkdirSync(join(root, "shop/secrets/abcd"), { recursive: true });
  writeFileSync(join(root, "shop/secrets/abcd/LOGIN"), secret);
  journal({
    after: { data: { services: [{ name: "web", logins: [{ user: "anna", file: "abcd/LOGIN", ...more }] }] } },
  });
  return run("umask 077; write_logins after");
}

beforeEach(() => {
  rmSync(logins, { recursive: true, force: true });
  double("docker", `cat >${root}/asked; echo "$*" >>${root}/asked; echo '${HASH}'`);
});

describe("a login", () => {
  it("is the hash that the proxy makes of a password, which is no argument, for nobody else to read", () => {
    expect(written("open sesame")).toMatchObject({ code: 0, stderr: "" });
    expect(hashes()).toEqual({ "shop.abcd": `${HASH}\n` });
    expect(statSync(join(logins, "shop.abcd")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, "asked"), "utf8")).toBe(
      "open sesame\nexec --interactive slipway-proxy caddy hash-password --algorithm bcrypt\n",
    );
  });
  it("is made once", () => {
    written("open sesame");
    double("docker", "exit 1");
    expect(written("open sesame")).toMatchObject({ code: 0, stderr: "" });
  });
  it("may be a hash itself", () => {
    double("docker", "exit 1");
    expect(written(HASH, { hashed: true })).toMatchObject({ code: 0, stderr: "" });
    expect(hashes()).toEqual({ "shop.abcd": `${HASH}\n` });
  });
  it.each<[string, string, object, string]>([
    ["empty", "", {}, "the login of shop has no password: the secret LOGIN is empty. Set slipway:secrets.shop.LOGIN"],
    ["too long", "x".repeat(73), {}, "is longer than 72 bytes, or has several lines (the secret LOGIN)"],
    ["of several lines", "a\nb", {}, "is longer than 72 bytes, or has several lines (the secret LOGIN)"],
    ["no hash", "open sesame", { hashed: true }, "has no bcrypt hash: the secret LOGIN is something else"],
  ])("is refused where its secret is %s", (_, secret, more, message) => {
    expect(written(secret, more)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(hashes()).toEqual({});
  });
  it("goes when the route names it no more, and those of other applications stay", () => {
    written("open sesame");
    writeFileSync(join(logins, "shop.old"), HASH);
    writeFileSync(join(logins, "shop-2.old"), HASH);
    journal({ after: { route: "basic_auth {\n anna {file./etc/caddy/logins/shop.abcd}\n}" } });
    run("forget_logins after");
    expect(Object.keys(hashes())).toEqual(["shop-2.old", "shop.abcd"]);
  });
});
