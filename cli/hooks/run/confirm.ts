/** Asks whoever has started git: at its terminal, as a hook's standard input is not it. */
import { closeSync, openSync } from "node:fs";
import { ReadStream } from "node:tty";
import { terminal } from "../../init/ask.ts";
import { INTERRUPTED } from "./command.ts";

/** Undefined where nobody would see a question: in an editor, in CI. */
function openTerminal(): number | undefined {
  if (!process.stderr.isTTY || process.env.CI) return undefined;
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    return undefined;
  }
}

export type Answer = { said: string } | "nobody" | typeof INTERRUPTED;

export async function askAtTerminal(question: string): Promise<Answer> {
  const opened = openTerminal();
  if (opened === undefined) return "nobody";
  let input: ReadStream;
  try {
    input = new ReadStream(opened);
  } catch {
    closeSync(opened);
    return "nobody";
  }
  const person = terminal(input, process.stderr);
  try {
    return { said: ((await person.ask(question)) ?? "").toLowerCase() };
  } catch {
    process.stderr.write("\n");
    return INTERRUPTED;
  } finally {
    person.close();
    input.destroy();
  }
}
