/** A command of `slipway`: what commander makes of it, with examples, and one way to be wrong. */
import { Command } from "commander";

/** What every command answers to a script that calls it. */
export const EXIT_CODES = `Exit codes:
  0    done, and nothing to tell
  1    done, and there is something: a finding, a difference (--check), a name that cannot be taken over
  2    refused before anything was changed; the reason is said
  130  ended by Ctrl-C
exec and run end with the exit code of the command that they run, and with 255 where the connection was lost.`;

/** A mistake in the words of a command line. */
export class UsageError extends Error {}

export class SlipwayCommand extends Command {
  /** The exit code of the command that ran. */
  code = 0;
  /** All words of the command line, as they were given to the root. */
  given: string[] = [];
  #examples: string[] = [];

  override createCommand(name?: string): SlipwayCommand {
    return new SlipwayCommand(name);
  }

  /** Whole command lines, the most usual first: the help shows all of them, a mistake the first. */
  examples(...lines: string[]): this {
    this.#examples = lines;
    return this.addHelpText("after", () => `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }

  /** What it does, with its arguments in their order and its options last. @param run its result is the exit code, 0 without one */
  // biome-ignore lint/suspicious/noExplicitAny: commander hands on what the command's own words declare.
  runs(run: (...words: any[]) => Promise<number | undefined>): this {
    return this.action(async (...words: unknown[]) => {
      // The last is the command itself.
      this.root().code = (await run(...words.slice(0, -1))) ?? 0;
    });
  }

  root(): SlipwayCommand {
    return this.parent instanceof SlipwayCommand ? this.parent.root() : this;
  }

  /** As it is called: "version", "hooks install"; nothing for `slipway` itself. */
  private path(): string {
    if (!(this.parent instanceof SlipwayCommand)) return "";
    return `${this.parent.path()} ${this.name()}`.trim();
  }

  /** @throws UsageError with an example that is right */
  override error(message: string): never {
    const [example] = this.#examples;
    const name = this.path();
    const lines = [
      `${name && `${name}: `}${message.replace(/^error: /, "").replace(/\.$/, "")}`,
      ...(example === undefined ? [] : [`  like: ${example}`]),
      `  more: slipway ${name && `${name} `}--help`,
    ];
    throw new UsageError(lines.join("\n"));
  }
}
