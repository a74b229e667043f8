import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";
import { quote } from "../support/ssh.ts";

const { root, run } = hostShell("arguments");
const RELEASE = "--release 0123456789ab";
const parse = (words: string) =>
  run(`parse_options ${words}
printf '%s|' "$RELEASE" "$ASKED" "$TOKEN" "$OWNER" "$LOCK_WAIT" "$CONFIRM" "$KEEP" "$TAKE_OVER" "$DATA" "$STACK"`);

describe("a command's options", () => {
  it.each([
    [`deploy ${RELEASE}`, "0123456789ab||||0|0|5||||"],
    [
      `deploy ${RELEASE} --version 1.0 --token 't x' --owner a::b --lock-wait 7 --confirm-within 60 --keep 3 --take-over`,
      "0123456789ab|1.0|t x|a::b|7|60|3|yes|||",
    ],
    [`confirm ${RELEASE} --token 'it''s'`, "0123456789ab||its||0|0|5||||"],
    ["destroy --data --owner o", "|||o|0|0|5||yes||"],
    ["destroy", "||||0|0|5||||"],
    ["retire --stack anna/prod", "||||0|0|5|||anna/prod|"],
    ["rollback", "||||0|0|5||||"],
  ])("are taken: %s", (words, values) => expect(parse(words)).toEqual({ code: 0, stdout: values, stderr: "" }));

  it.each([
    [`deploy ${RELEASE} --colour red`, "unknown option --colour; slipway deploy takes: --confirm-within --keep"],
    [
      `confirm ${RELEASE} --take-over`,
      "unknown option --take-over; slipway confirm takes: --release --token --version",
    ],
    [`deploy ${RELEASE} stray`, "unknown option stray"],
    [`deploy ${RELEASE} --`, "unknown option --;"],
    [`deploy ${RELEASE} '--lock-wait[$(id)]' 1`, "unknown option --lock-wait\\[\\$\\(id\\)\\]"],
    ["rollback --data", "unknown option --data; slipway rollback takes: none"],
    ["deploy --token t", "--release is missing; slipway deploy needs the 12 hexadecimal digits that name a release"],
    [`deploy ${RELEASE} --keep`, "--keep needs a value: a whole number from 1 to 9999"],
    [`deploy ${RELEASE} ${RELEASE}`, "--release is given twice to slipway deploy; give it once"],
    ["inspect --follow", "unknown option --follow; slipway inspect takes: --details"],
    ["logs --services 'web;id'", "--services must be names of services, not"],
    ["logs --since '$(id)'", "--since must be a time like 2026-11-21T10:02:11Z or an age like 600s, not"],
    ["logs --tail 0", "--tail must be a whole number of lines, or all, not 0"],
    ["deploy --release ../../../etc", "--release must be the 12 hexadecimal digits that name a release, not ../../.."],
    [`deploy ${RELEASE} --keep 0`, "--keep must be a whole number from 1 to 9999, not 0"],
    [`deploy ${RELEASE} --lock-wait 08`, "--lock-wait must be a whole number of seconds, at most 9999999, not 08"],
    [`deploy ${RELEASE} --confirm-within -1`, "--confirm-within must be a whole number of seconds"],
    [`deploy ${RELEASE} --token ''`, "--token must be one line of 1 to 1000 printable ASCII characters, not ''"],
    [`deploy ${RELEASE} --token ${"x".repeat(1001)}`, "--token must be one line"],
    [`deploy ${RELEASE} --owner $'a\\nb'`, "--owner must be one line of 1 to 1000 printable ASCII characters"],
    [`deploy ${RELEASE} --version $'\\e[31m'`, "--version must be one line"],
    ["retire --stack $'anna/prod\\nssh-ed25519'", "--stack must be one line"],
  ])("are refused: %s", (words, message) => {
    const { code, stdout, stderr } = parse(words);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(`error: ${message}`)]);
  });
});

describe("no command runs a text that it is given", () => {
  const harm = join(root, "harm");
  const manifest = { release: "0123456789ab", version: "1", images: [], services: [] };
  const INPUT = JSON.stringify({
    files: { "compose.yaml": "", ".env": "", "manifest.json": JSON.stringify(manifest) },
    secretFiles: {},
    registries: [],
  });
  const text = quote(`PATH[$(touch ${harm})]`);

  it.each([
    ["deploy shop --release", ""],
    [`deploy shop ${RELEASE} --lock-wait`, ""],
    [`deploy shop ${RELEASE} --confirm-within`, ""],
    [`deploy shop ${RELEASE} --keep`, ""],
    ["stage shop --release", ""],
    ["confirm shop --release", ""],
    ["rollback shop", ""],
    ["history", ""],
  ])("as a value: %s", (words) => {
    const [command, ...rest] = words.split(" ");
    const { code } = run(`command_${command} ${rest.join(" ")} ${text}`, { input: INPUT });
    expect([code, existsSync(harm)]).toEqual([1, false]);
  });
});
