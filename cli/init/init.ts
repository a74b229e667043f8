/** `slipway init`: writes a project that deploys what is in the repository around it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { answer, type Given, terminal } from "./ask.ts";
import { readCheckout, repositoryOf } from "./checkout.ts";
import { hostKeyOf } from "./hostKey.ts";
import { libraryOf } from "./library.ts";
import { completed, type Files, leftOpen, nextCommands, renderProject } from "./render.ts";
import { recognise } from "./seen.ts";

/**
 * @param yes whether nothing is asked
 * @throws Error if it is not known where the project gets this package from, or an answer cannot be what it is for
 */
export async function init(folder: string, yes: boolean, { from, ...given }: Given & { from?: string }): Promise<void> {
  const project = resolve(folder === "." && existsSync(".git") ? "infra" : folder);
  const repository = repositoryOf(project);
  const library = libraryOf(project, from);
  const seen = recognise(readCheckout(repository, project));
  say(`Seen in ${relative(process.cwd(), repository) || "this folder"}:`, ...seen.found.map((line) => `  ${line}`), "");
  const person = yes || !process.stdin.isTTY ? undefined : terminal();
  try {
    const answers = await answer(seen, given, person?.ask);
    const hostKey = answers.address === undefined ? undefined : hostKeyOf(answers.address, answers.ssh?.port);
    const all = { ...answers, ...(hostKey !== undefined && { hostKey }) };
    const up = relative(project, repository).split(sep).join("/") || ".";
    const files = renderProject(seen, all, library, up);
    const shown = relative(process.cwd(), project) || ".";
    say(...write(project, files, (text) => completed(text, all.name, library)).map((line) => join(shown, line)));
    const open = leftOpen(seen, all);
    if (open.length > 0) say("", "To be filled in:", ...open.map((line) => `  ${join(shown, line)}`));
    say(
      "",
      "Next:",
      ...[...(shown === "." ? [] : [`cd ${shown}`]), ...nextCommands(seen, all, up)].map((line) => `  ${line}`),
    );
  } finally {
    person?.close();
  }
}

const say = (...lines: string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);

/**
 * Writes the files that are not there yet; of those that are, only a package.json that npm has just made is added to.
 * @returns what became of each
 */
function write(project: string, files: Files, complete: (text: string) => string | undefined): string[] {
  return Object.entries(files).map(([path, text]) => {
    const file = join(project, path);
    const added = path === "package.json" && existsSync(file) ? complete(readFileSync(file, "utf8")) : undefined;
    if (existsSync(file) && added === undefined) return `${path}: is there already, and stays as it is`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, added ?? text);
    return `${path}: ${added === undefined ? "written" : "completed"}`;
  });
}
