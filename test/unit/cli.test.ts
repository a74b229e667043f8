/** What the `slipway` command says of words that it cannot follow. */
import { describe, expect, it, vi } from "vitest";
import { main } from "../../cli/main.ts";

/** The exit code, and what it says on standard error. */
async function told(...words: string[]): Promise<[number, string]> {
  let said = "";
  const error = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  const code = await main(words);
  error.mockRestore();
  return [code, said];
}

describe("the command", () => {
  it.each([
    [["deploy"], 'there is no command "deploy"; see --help'],
    [["files"], "name one repository: slipway files shop"],
    [["files", "a", "b"], "name one repository: slipway files shop"],
    [["badges", "own"], "the repository on GitHub is missing; add it like --repository anna/shop"],
    [["badges", "own", "--check"], "badges does not take --check; see --help"],
    [["import"], "name one file: slipway import ../.env"],
    [["import", "a.env", "b.env"], "name one file: slipway import ../.env"],
    [["import", "a.env", "--check"], "import does not take --check; see --help"],
    [["upgrade"], "name one tarball, Git URL or version: slipway upgrade ../slipway-1.2.0.tgz"],
    [["upgrade", "a.tgz", "--yes"], "upgrade does not take --yes; see --help"],
    [["init", "a", "b"], "name one folder: slipway init infra"],
    [["init", "--user"], "Option '--user <value>' argument missing; see --help"],
    [["init", "--yes", "--address", "-x"], /^Option '--address'/],
  ])("refuses %j with its reason and 2", async (words, reason) => {
    const [code, said] = await told(...words);
    expect(code).toBe(2);
    const message = said.replace(/^slipway: /, "").trimEnd();
    if (typeof reason === "string") expect(message).toBe(reason);
    else expect(message).toMatch(reason);
  });
});
