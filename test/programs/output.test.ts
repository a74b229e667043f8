/** What others print (containers, Docker, Caddy) is passed on in lines that Pulumi's plugin can read: it stops for ever at one of 64 KiB. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run, double, release } = hostShell("output");
const LONG = "x".repeat(100_000);
const shortened = (input: string | Buffer): string => run("shortened", { input }).stdout;

describe("a line of others", () => {
  it("stays as it is up to 2,000 characters", () => {
    const lines = `${"é".repeat(2000)}\n\n  a\tb \\ % $x\n${"x".repeat(2000)}\n`;
    expect(shortened(lines)).toBe(lines);
  });
  it("is cut at 2,000 characters, and says how much was cut", () =>
    expect(shortened(`a\n${LONG}\nb\n`)).toBe(`a\n${"x".repeat(2000)} [98000 more bytes]\nb\n`));
  it.each(["é", "€", "🎉"])("is cut between characters, not within one: %s", (character) =>
    expect(shortened(`${character.repeat(2001)}\n`)).toBe(
      `${character.repeat(2000)} [${Buffer.byteLength(character)} more bytes]\n`,
    ),
  );
  it("shows a replacement character for each byte that is not UTF-8", () => {
    const bytes = [0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x62, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf5, 0x80, 0xc3, 0x0a];
    expect(shortened(Buffer.from(bytes))).toBe(`a\ufffd\ufffd(\ufffd\ufffdb${"\ufffd".repeat(8)}\n`);
  });
  it("is shown without its NUL bytes", () => expect(shortened("a\0b\0\nc\n")).toBe("ab\nc\n"));
  it("may lack its end", () => expect(shortened("a\nb")).toBe("a\nb\n"));
});

describe("values of secrets", () => {
  const manifest = { release: "0123456789ab", version: "1.0.0", services: [], secrets: ["KEY", "PLACE"] };
  const redacted = (input: string): string => run("redacted '| '", { input }).stdout;

  it("are not in what is passed on, whatever characters they have", () => {
    release(manifest, 'KEY="a\\"b\\\\n\\$c*[d]&é"\nOTHER="shown"\nPLACE="line one\\nline two"\n');
    expect(redacted('x a"b\\n$c*[d]&é y shown line two\n')).toBe("| x [secret] y shown [secret]\n");
  });
  it("are not shown in half where a line is cut", () => {
    release(manifest, `KEY="${"s".repeat(40)}"\n`);
    expect(redacted(`${"x".repeat(1990)}${"s".repeat(40)}\n`)).toBe(`| ${"x".repeat(1990)}[secret]\n`);
  });
  it("are found after 4 KiB of a line, too, where jq reads a character in two halves", () => {
    release(manifest, `KEY="schlüssel"\n`);
    const parts = Array.from({ length: 12 }, (_, index) => "x".repeat(4088 + index));
    for (const part of parts) {
      const { stdout } = run("LINE_LIMIT=9000 redacted", { input: `${part}schlüssel\n` });
      expect(stdout).toBe(`${part}[secret]\n`);
    }
  });
  it("hide one another's parts: the longest goes first", () => {
    release(manifest, 'KEY="abcd"\nPLACE="abcdefgh"\n');
    expect(redacted("abcdefgh abcd\n")).toBe("| [secret] [secret]\n");
  });
  it("hide everything where they cannot be read", () => {
    release(manifest, "");
    expect(run('rm "$DIR/releases/$RELEASE/.env"; redacted', { input: "secret\n" }).stdout).not.toContain("secret\n");
  });
});

describe("long text of others", () => {
  const bounded = (text: string): void => {
    for (const line of text.split("\n")) expect(Buffer.byteLength(line)).toBeLessThan(10_000);
  };

  it("is cut in an error, in its line of the ledger, and on one line", () => {
    const { stderr } = run(`REASON_FILE=$RUN/reason; fail "cannot: $(printf 'a\\nb'; cat)"`, { input: LONG });
    expect(stderr).toMatch(/^error: cannot: a bx+ \[\d+ more bytes\]\n$/);
    const reason = readFileSync(join(root, "shop/run/1/reason"), "utf8");
    expect(stderr).toBe(`error: ${reason}\n`);
    bounded(stderr);
    writeFileSync(join(root, "shop/run/1/reason"), "");
  });
  it("is cut where a command says why it failed", () => {
    const { stderr, code } = run("quietly bash -c 'cat; exit 1'", { input: LONG });
    expect([code, stderr]).toEqual([1, `${"x".repeat(2000)} [98000 more bytes]\n`]);
  });
  it("leaves the rest of an error's words: what Docker says of a pull is cut by itself", () => {
    release({ release: "0123456789ab", version: "1.0.0", services: [], secrets: [], images: ["a@sha256:1"] });
    double(
      "curl",
      `case $* in *POST*) printf '{"message":"%s"}\\n500' ${"x".repeat(90_000)} ;; *) printf '{}\\n404\\n' ;; esac`,
    );
    const { stderr } = run("read_manifest $RELEASE; pull_images $RELEASE ''");
    expect(stderr).toMatch(
      /^error: cannot pull a@sha256:1: x+ \[\d+ more bytes\]\. See docs.* Nothing was changed\.\n$/,
    );
    bounded(stderr);
  });
  it("is cut in a container's last lines", () => {
    release({ release: "0123456789ab", version: "1.0.0", services: [], secrets: [] });
    double("docker", `printf 'one\\n'; head -c 100000 /dev/zero | tr '\\0' x >&2`);
    expect(run("last_words id").stderr).toBe(`    | one\n    | ${"x".repeat(2000)} [98000 more bytes]\n`);
  });
  it("does not end a migration that succeeded", () => {
    release({
      release: "0123456789ab",
      version: "1.0.0",
      services: [],
      secrets: [],
      migration: { service: "web", timeout: 10, command: ["migrate"] },
    });
    double(
      "docker",
      `case $* in *config*) echo '{"services":{}}' ;; *' run '*) head -c 70000 /dev/zero | tr '\\0' x; printf '\\xe2\\x82' ;; esac`,
    );
    const { stdout, code } = run("COMPOSE=(docker compose); one_off migration; echo done");
    expect([code, stdout]).toEqual([0, `    | ${"x".repeat(2000)} [68002 more bytes]\ndone\n`]);
  });
});

describe("the log of a rollout, as it is followed,", () => {
  const log = join(root, "shop/run/2/log");
  const followed = (more: string): string => {
    mkdirSync(join(root, "shop/run/2"), { recursive: true });
    writeFileSync(log, "step one\n");
    writeFileSync(join(root, "shop/run/2/status"), "");
    return run(`RUN=$ROOT/shop/run/2; rm "$RUN/status"; { ${more}; printf 0 >"$RUN/status"; } & follow "$RUN"`).stdout;
  };

  it("has no line that is too long, though it was written in pieces", () => {
    const text = followed(
      `for ((i = 0; i < 4; i++)); do head -c 30000 /dev/zero | tr '\\0' x >>"$RUN/log"; sleep 0.15; done`,
    );
    expect(text).toMatch(/^step one\nx+ \[\d+ more bytes\]\n$/);
    expect(text.length).toBeLessThan(10_000);
  });
  it("is shown whole, its last line too where that lacks its end", () =>
    expect(followed(`printf 'a\\nb' >>"$RUN/log"; sleep 0.3; printf 'c\\nd' >>"$RUN/log"`)).toBe(
      "step one\na\nbc\nd\n",
    ));
});
