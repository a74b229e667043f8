/** docs/operations.md explains what the host's scripts say when they fail. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SCRIPTS = join(import.meta.dirname, "../../components/host/scripts");
const guide = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8").replaceAll("`", "");

/** The first words of a message that are the same every time. */
const core = (message: string): string =>
  message
    .split(/\$\([^"]*|\$\{[^}]*\}|\$\w+|\$\*|[;:,.()]/)
    .map((part) => part.trim())
    .find((part) => part.length > 8) ?? "";
/** Said to somebody who calls a script by hand with wrong words. */
const USAGE = /^(unknown option|\$1 needs a value|not an application's name|--release must be)/;

const messages = readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".sh"))
  .flatMap((file) =>
    [...readFileSync(join(SCRIPTS, file), "utf8").matchAll(/\bfail "((?:[^"\\]|\\.)*)/g)].map((match) => match[1]!),
  )
  .filter((message) => !USAGE.test(message));

describe("the operations guide", () => {
  it("finds the messages", () => expect(messages.length).toBeGreaterThan(40));
  it.each([...new Set(messages.map(core))].filter((part) => part !== ""))("explains: %s", (part) =>
    expect(guide).toContain(part),
  );
});
