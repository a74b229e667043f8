/** The verification on a host, with a double of curl that writes down what it is asked and answers from a list. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell, type Ran } from "../support/hostShell.ts";

const { root, run, double, release } = hostShell("verify");
const file = (name: string): string => join(root, name);
const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");

/** `BODY STATUS [EXIT]`, the last one stays. By path; requests of the new containers' own go to `new`, others to `old`. */
type Answers = Record<string, string[]>;

function answers(who: "new" | "old", by: Answers): void {
  for (const [path, list] of Object.entries(by)) {
    const folder = file(`answers/${who}${path}`);
    mkdirSync(folder, { recursive: true });
    for (const [index, text] of list.entries()) writeFileSync(join(folder, String(index)), text);
  }
}

beforeEach(() => {
  for (const name of ["answers", "curl.args", "curl.stdin", "docker.args"])
    rmSync(file(name), { recursive: true, force: true });
  writeFileSync(file("slipway/host.json"), '{"proxy":{"httpPort":80,"httpsPort":8443}}');
  writeFileSync(file("slipway/proxy/verify.header"), "X-Slipway-Verify: abc\n");
  double(
    "curl",
    `cd ${root}; echo "$*" >>curl.args; stdin=$(</dev/stdin); echo "$stdin" >>curl.stdin
case $stdin in *proxy/verify.header*) who=new ;; *) who=old ;; esac
while [ $# -gt 0 ]; do
  if [ "$1" = --write-out ]; then out=$2; fi
  if [ "$1" = --url ]; then
    path=\${2##*://}; path=/\${path#*/}
    folder=answers/$who$path
    [ -d "$folder" ] || folder=answers/$who/else
    n=0; [ ! -f "$folder/n" ] || read -r n <"$folder/n"; echo $((n + 1)) >"$folder/n"
    while [ ! -f "$folder/$n" ]; do n=$((n - 1)); done
    IFS='|' read -r body status code <"$folder/$n"
    status_name='%{http_code}' time_name='%{time_total}'
    text=\${out//"$status_name"/$status}
    printf "%s\${text//"$time_name"/0.010}" "$body"
  fi
  shift
done
exit \${code:-0}`,
  );
  double("docker", `cd ${root}; echo "$*" >>docker.args; case $1 in exec) echo said; [ "$4" != bad ] ;; esac`);
  answers("new", { "/.well-known/slipway-verification": ["candidate|200"], "/else": ["|404"] });
  answers("old", { "/else": ["|404"] });
});

const VERIFICATION = { host: "shop.example.com", scheme: "https", checks: [] };
/** Time stands still but for the naps. */
const clock = (step: number): string =>
  `T=0; now() { NOW=$T; }; nap() { T=$((T + ${step}000)); }; SERVICE_OF=([c1]=web [c2]=web [c3]=job); `;
const parts = "{lib/*,rollout/{ask,verify}}";
function verified(what: string, more: object, environment = "", step = 1): Ran {
  release({ services: [], secrets: [], verification: { ...VERIFICATION, ...more } }, environment);
  return run(`${clock(step)}${what} $RELEASE`, { parts });
}
const candidate = (more: object, environment?: string, step?: number): Ran =>
  verified("verify_candidate", more, environment, step);
const asUser = (more: object): Ran => verified("verify_as_user", more);
const OK = { code: 0, stdout: "", stderr: "" };
describe("the new containers", () => {
  it("are asked with the secret of this host, in the name of the domain, on this host", () => {
    answers("new", { "/a": ["|200"] });
    expect(candidate({ checks: [{ path: "/a", status: 200 }] })).toEqual(OK);
    expect(read("curl.args").trim().split("\n").at(-1)).toMatch(/--url https:\/\/shop\.example\.com\/a$/);
    expect(read("curl.stdin")).toContain('connect-to = ":80:127.0.0.1:80"\nconnect-to = ":443:127.0.0.1:8443"\n');
    expect(read("curl.stdin")).toContain(`header = "@${root}/slipway/proxy/verify.header"\n`);
  });
  it("are asked by one program where all is as it should be", () => {
    answers("new", { "/a": ["|200"], "/v": ["1.4.0|200"] });
    const checks = [{ path: "/a", status: 200 }];
    expect(candidate({ checks, version: { path: "/v", equals: "1.4.0" } })).toEqual(OK);
    expect(read("curl.args").trim().split("\n")).toHaveLength(1);
    expect([read("answers/new/a/n"), read("answers/new/v/n")]).toEqual(["2\n", "2\n"]);
  });
  it("may answer with a long page, before the switch and after it", () => {
    const page = `${"x".repeat(1 << 19)}|200`;
    answers("new", { "/a": [page] });
    answers("old", { "/a": [page] });
    const checks = [{ path: "/a", status: 200 }];
    expect([candidate({ checks }), asUser({ checks })]).toEqual([OK, OK]);
  });
  it("are asked at the site that a check names, and on each route, where any answer of theirs is good", () => {
    answers("new", { "/a": ["|404"], "/b": ["|200"], "/x": ["|502", "|401"] });
    const checks = [{ path: "/b", status: 200, site: "http://a.example.com" }];
    expect(candidate({ checks, answers: ["http://a.example.com/x"] })).toEqual(OK);
  });
  it("fail where a route leads to nobody", () => {
    answers("new", { "/x": ["|502"] });
    const { stderr } = candidate({ answers: ["http://a.example.com/x"] });
    expect(stderr).toContain("nobody answers on a route of shop: GET http://a.example.com/x");
  });
  it("are not verified where the proxy leads elsewhere, even if all checks would be good there", () => {
    answers("new", { "/.well-known/slipway-verification": ["|404"], "/else": ["|200"] });
    expect(candidate({ checks: [{ path: "/a", status: 200 }] }).stderr).toContain(
      "error: the proxy does not lead the verification of shop to its new containers (GET /.well-known/slipway-verification answered 404)",
    );
  });
  it("are not verified where the secret is missing", () => {
    rmSync(file("slipway/proxy/verify.header"));
    expect(candidate({})).toMatchObject({ code: 1, stderr: expect.stringContaining("run pulumi up for the host") });
  });
  it("fail by a check whose status is another, which is asked five times", () => {
    answers("new", { "/a": ["|500"] });
    expect(candidate({ checks: [{ path: "/a", status: 200 }] }).stderr).toBe(
      "error: smoke check failed: GET /a through the proxy answered 500, wanted 200\n",
    );
    // Twice with all others, then five times by itself.
    expect(read("answers/new/a/n")).toBe("7\n");
  });
  it("may answer a check wrongly once, then twice in a row as wanted", () => {
    answers("new", { "/a": ["|500", "|200", "|500", "|200", "|200"] });
    expect(candidate({ checks: [{ path: "/a", status: 200 }] })).toEqual(OK);
  });
  it("fail by the second check, too", () => {
    answers("new", { "/a": ["|200"] });
    expect(
      candidate({
        checks: [
          { path: "/a", status: 200 },
          { path: "/b", status: 200 },
        ],
      }).code,
    ).toBe(1);
  });
  it("fail by the median of their response times", () => {
    answers("new", { "/a": ["|200"] });
    expect(candidate({ responseTime: { path: "/a", milliseconds: 9 } }).stderr).toContain(
      "GET /a took 10 ms (median of 5)",
    );
    expect(candidate({ responseTime: { path: "/a", milliseconds: 10 } })).toEqual(OK);
  });
  it("are waited for when nobody answers, for as long as a proxy or a service may take", () => {
    answers("new", { "/a": ["|000|7", "|000|7", "|000|7", "|502", "|200"] });
    expect(candidate({ checks: [{ path: "/a", status: 200 }] })).toEqual(OK);
  });
  it("are not asked at all by a release without verification", () => {
    release({ services: [] });
    expect(run("verify_candidate $RELEASE; verify_as_user $RELEASE", { parts })).toEqual(OK);
    expect(read("curl.args")).toBe("");
  });
});

describe("a version", () => {
  const version = (body: string, field?: string): Ran => {
    rmSync(file("answers/new/v"), { recursive: true, force: true });
    answers("new", { "/v": [`${body}|200`] });
    return candidate({ version: { path: "/v", equals: "1.4.0", ...(field && { field }) } });
  };
  it.each([
    ["plain text", "1.4.0", undefined],
    ["plain text with space around", "  1.4.0 ", undefined],
    ["plain text with a v", "v1.4.0", undefined],
    ["a JSON string", '"1.4.0"', undefined],
    ["the field version of JSON", '{"name": "shop", "version": "1.4.0"}', undefined],
    ["a field that is declared", '{"app": {"version": "v1.4.0"}}', "app.version"],
  ])("is taken from %s", (_, body, field) => expect(version(body, field)).toEqual(OK));
  it.each([
    ["plain text", "1.4.1", undefined, "1.4.1"],
    ["a JSON string", '"1.4.1"', undefined, "1.4.1"],
    ["a field of JSON", '{"version":"1.4.1"}', undefined, "1.4.1"],
    ["plain text where a field is declared", "1.4.0", "version", ""],
    ["a JSON string where a field is declared", '"1.4.0"', "version", ""],
    ["another field than is declared", '{"version":"1.4.0"}', "build", "null"],
    ["a page that has it somewhere", "<p>1.4.0</p>", undefined, "<p>1.4.0</p>"],
    ["nothing", "", undefined, ""],
  ])("that is not the wanted one fails, from %s", (_, body, field, shown) => {
    const said = `error: the wrong version serves: GET /v answers "${shown}" (status 200), wanted "1.4.0"\n`;
    const { stderr, code } = version(body, field);
    expect([code, stderr.replace('answers "null"', `answers "${shown}"`)]).toEqual([1, said]);
  });
});

describe("what the requests carry", () => {
  const SECRETS = 'NAME="anna"\nTOKEN="a\\"b\\\\c\\$d"\nEMPTY=""\nLINES="a\\noutput = x"\n';
  it("is headers of texts and secrets, and a login, which no process gets as an argument", () => {
    const headers = [
      { name: "X-A", value: "text" },
      { name: "Authorization", value: "Bearer ", secret: "TOKEN" },
      { name: "X-B", secret: "NAME" },
    ];
    expect(candidate({ headers, login: { user: "otto", secret: "TOKEN" } }, SECRETS)).toEqual(OK);
    const sent = read("curl.stdin");
    expect(sent).toContain(
      'header = "X-A: text"\nheader = "Authorization: Bearer a\\"b\\\\c$d"\nheader = "X-B: anna"\n',
    );
    expect(sent).toContain('user = "otto:a\\"b\\\\c$d"\n');
    expect(read("curl.args")).not.toMatch(/a"b|anna/);
  });
  it.each([
    [
      "a secret that has no value",
      { headers: [{ name: "X", secret: "EMPTY" }] },
      "the secret EMPTY, which has no value",
    ],
    ["a secret that is not there", { login: { user: "otto", secret: "NONE" } }, "the secret NONE, which has no value"],
    ["a secret of several lines", { headers: [{ name: "X", secret: "LINES" }] }, "cannot send a text of several lines"],
    [
      "a header of several lines",
      { headers: [{ name: "X", value: "a\noutput = x" }] },
      "cannot send a text of several",
    ],
  ])("is refused when it is %s", (_, more, message) => {
    expect(candidate(more, SECRETS)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(read("curl.args")).toBe("");
  });
});

describe("a certificate that is not there yet", () => {
  it("is waited for as long as is declared", () => {
    answers("new", { "/.well-known/slipway-verification": [...Array<string>(3).fill("|000|35"), "candidate|200"] });
    expect(candidate({ certificateWithin: 40 }, "", 10)).toEqual(OK);
  });
  it("is what failed then, not the version", () => {
    answers("new", { "/.well-known/slipway-verification": ["|000|35"] });
    expect(candidate({ certificateWithin: 30, version: { path: "/v", equals: "1" } }, "", 10).stderr).toMatch(
      /^error: the proxy has no certificate for shop\.example\.com after 30 s, so the new version was not asked/,
    );
  });
  it("is waited for two minutes where nothing is declared", () => {
    answers("new", { "/.well-known/slipway-verification": ["|000|35"] });
    expect(candidate({}, "", 60).stderr).toContain("after 120 s");
  });
  it("is not waited for where it is the proxy that does not answer", () => {
    answers("new", { "/.well-known/slipway-verification": ["|000|7"] });
    expect(candidate({}).stderr).toContain("answered 000");
    expect(read("answers/new/.well-known/slipway-verification/n")).toBe("12\n");
  });
});

describe("a command", () => {
  const command = (...words: string[]): object => ({ command: { service: "web", command: words, timeout: 5 } });
  const ran = (...words: string[]): Ran => verified("verify_command", command(...words));
  it("runs in each new container", () => {
    expect(ran("check", "a b")).toEqual({ ...OK, stdout: "    | said\n    | said\n" });
    expect(read("docker.args").trim().split("\n").sort()).toEqual(["exec c1 check a b", "exec c2 check a b"]);
  });
  const FAILED = /^error: the verification of shop failed: x bad in the new container of web/;
  it("that fails is a failed verification", () => expect(ran("x", "bad").stderr).toMatch(FAILED));
  it("runs also where there is no domain, and nothing else does", () => {
    release({ services: [], secrets: [], verification: { checks: [], ...command("check") } });
    const all = "verify_candidate $RELEASE; verify_command $RELEASE; verify_as_user $RELEASE";
    expect(run(`SERVICE_OF=([c1]=web); ${all}`, { parts }).code).toBe(0);
    expect([read("curl.args"), read("docker.args")]).toEqual(["", expect.stringContaining("exec c1 check")]);
  });
});

describe("after the switch, one request without the secret", () => {
  it("asks for the version, where there is one", () => {
    answers("old", { "/v": ["1.4.0|200"] });
    expect(asUser({ version: { path: "/v", equals: "1.4.0" }, checks: [{ path: "/a", status: 200 }] })).toEqual(OK);
    expect([read("answers/old/v/n"), read("answers/old/else/n")]).toEqual(["1\n", ""]);
    expect(asUser({ version: { path: "/v", equals: "1.5.0" } }).stderr).toContain("the wrong version serves");
  });
  it("is else the first check", () => {
    answers("old", { "/a": ["|200"] });
    const [a, b] = [
      { path: "/a", status: 200 },
      { path: "/b", status: 200 },
    ];
    expect(asUser({ checks: [a, b] })).toEqual(OK);
    expect([read("answers/old/a/n"), read("answers/old/else/n")]).toEqual(["1\n", ""]);
    expect(asUser({ checks: [b, a] }).stderr).toContain("GET /b through the proxy answered 404");
  });
  it("is else for any answer at all", () => {
    answers("old", { "/": ["|404"] });
    expect(asUser({})).toEqual(OK);
  });
  it.each(["|000|7", "|502", "|503", "|504"])("fails when nobody answers: %s", (answer) => {
    answers("old", { "/": [answer] });
    expect(asUser({}).stderr).toMatch(/^error: smoke check failed: GET \/ through the proxy answered (50\d|000) after/);
  });
});

describe("the secret of a host", () => {
  const made = (): Ran => run("secret_of_verification", { parts: "{lib/*,bootstrap/proxy}" });
  it("is made once, as the proxy and curl read it, and for nobody else", () => {
    for (const name of ["verify", "verify.header"]) rmSync(file(`slipway/proxy/${name}`), { force: true });
    expect(made()).toEqual(OK);
    const secret = read("slipway/proxy/verify");
    expect(secret).toMatch(/^[0-9a-f]{64}\n?$/);
    expect(read("slipway/proxy/verify.header")).toBe(`X-Slipway-Verify: ${secret.trim()}\n`);
    for (const name of ["verify", "verify.header"])
      expect(statSync(file(`slipway/proxy/${name}`)).mode & 0o777).toBe(0o600);
    expect(made()).toEqual(OK);
    expect(read("slipway/proxy/verify")).toBe(secret);
  });
  it("is the same in both files, whichever of them is lost", () => {
    for (const name of ["verify", "verify.header"]) {
      rmSync(file(`slipway/proxy/${name}`), { force: true });
      expect(made()).toEqual(OK);
      expect(read("slipway/proxy/verify.header")).toBe(`X-Slipway-Verify: ${read("slipway/proxy/verify").trim()}\n`);
    }
  });
});
