/** docs/operations.md explains what the host's scripts say, in the first column of its tables. */
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explains, messagesOf } from "../support/messages.ts";

const scripts = globSync(["components/host/scripts/**/*.sh", "components/host/scripts/slipway"]).map((path) =>
  readFileSync(path, "utf8"),
);
const guide = readFileSync("docs/operations.md", "utf8");

/** Words that a variable or a function puts in and that people read, by the text around them. */
const SPOKEN: Record<string, string[]> = {
  "… is being deployed by ……;": ["… is being deployed by … since …;"],
  "the … of … (…) failed": [
    "the backup of … (…) failed",
    "the migration of … (…) failed",
    "the downgrade of … (…) failed",
  ],
  "… … instead of serving": ["exited with code … instead of serving", "keeps exiting instead of serving"],
};

/** Said to somebody who calls a script by hand with wrong words. */
const USAGE = [
  "unknown option …; slipway … takes: …",
  "--… needs a value: …",
  "--… must be …, not …",
  "--… is missing; slipway … needs …",
  "--… is given twice to slipway …; give it once",
  "not an application's name: …",
];

const spoken = (message: string): string[] => {
  const around = Object.keys(SPOKEN).find((text) => message.includes(text));
  return around ? SPOKEN[around]!.map((text) => message.replace(around, text)) : [message];
};
const said = (word: string): string[] => scripts.flatMap((script) => messagesOf(script, word));
/** Messages that are formats of `printf`, after a beginning such as `error: `. */
const printed = (beginning: string): string[] =>
  scripts
    .flatMap((script) =>
      Array.from(script.matchAll(new RegExp(`printf '${beginning}([^']{9,})'`, "g")), ([, text]) => text!),
    )
    .map((text) => text.replaceAll("%s", "…").replace(/\\n$/, ""));
const failures = [...said("fail"), ...said("problem"), ...printed("error: ")]
  .filter((message) => message !== "…" && !USAGE.includes(message))
  .flatMap(spoken);

/** What a section's tables name. */
const patternsOf = (text: string): string[] =>
  Array.from(text.matchAll(/^\| (`.*?) +\|/gm)).flatMap(([, cell]) =>
    Array.from(cell!.matchAll(/`([^`]+)`/g), ([, pattern]) => pattern!),
  );
const patterns = patternsOf(guide);

describe("the messages of the host's scripts", () => {
  it("are found in their text, with what is put into them left open", () => {
    const script = `
      [ -n "$x" ] || fail "no \${1:-"x"} of $APP \\"here\\" ($(jq -r '"a)b"' <<<"$w")); see $DIR."
      say "done"; if fail "twice $*"; then failed "never"; fi`;
    expect(messagesOf(script, "fail")).toEqual(['no … of … "here" (…); see /opt/….', "twice …"]);
    expect(messagesOf(script, "say")).toEqual(["done"]);
    expect(failures.length).toBeGreaterThan(50);
  });

  it("are recognised by all that a pattern says, in its order, and not by a few letters", () => {
    expect(explains("the lock of … is held by X", "the lock of … is held by …; wait")).toBe(true);
    expect(explains("is held by X of the lock", "the lock of … is held by …; wait")).toBe(false);
    expect(explains("the lock of … is lost", "the lock of … is held by …; wait")).toBe(false);
    expect(explains("… lock …", "the lock of … is held by …; wait")).toBe(false);
  });

  it.each([...new Set(failures)])("are explained in the guide: %s", (message) =>
    expect(patterns.filter((pattern) => explains(pattern, message))).not.toEqual([]),
  );

  it.each(Object.keys(SPOKEN))("still say %s, whose words the test fills in", (text) =>
    expect([...said("fail"), ...said("problem")].filter((message) => message.includes(text))).toHaveLength(1),
  );

  it.each(USAGE)("still say to whoever mistypes: %s", (message) => expect(said("fail")).toContain(message));
});

describe("the operations guide", () => {
  const sections = ["The machine itself", "Before the running release is touched", "During the rollout", "Afterwards"];
  const text = (title: string): string => guide.slice(guide.indexOf(`### ${title}`)).split(/\n##/, 1)[0]!;
  const all = [...failures, ...said("say"), ...printed("")];

  it.each(sections)("explains nothing that no script says, in the section %s", (title) => {
    const own = patternsOf(text(title));
    expect(own.length).toBeGreaterThan(3);
    expect(own.filter((pattern) => !all.some((message) => explains(pattern, message)))).toEqual([]);
  });
});
