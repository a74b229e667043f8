/** The `slipway` command. */
import { parseArgs } from "node:util";
import { badges } from "./badges.ts";
import { files } from "./files.ts";

const USAGE = `usage: node cli/slipway.ts files REPOSITORY [--into FOLDER] [--check]
       node cli/slipway.ts badges REPOSITORY --repository OWNER/NAME

files   writes the workflows and other files that repositories/REPOSITORY.ts declares into a checkout: the same bytes
        that \`pulumi up\` commits.
badges  prints Markdown for the README: a badge for each workflow that runs on the default branch.

  --into FOLDER            the checkout (default: the current folder)
  --check                  write nothing; exit with 1 if a file differs
  --repository OWNER/NAME  where the workflows run on GitHub
  --help                   this text
`;

function fail(message: string): never {
  process.stderr.write(`slipway: ${message}\n`);
  process.exit(2);
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        into: { type: "string" },
        check: { type: "boolean" },
        repository: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}; see --help`);
  }
}

const {
  values: { help, ...values },
  positionals: [command, repository, ...more],
} = parseCommandLine();

interface Command {
  options: string[];
  run: (repository: string) => Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  files: {
    options: ["into", "check"],
    run: async (name) => {
      const differing = await files(name, values.into ?? ".", values.check ?? false);
      return values.check && differing > 0 ? 1 : 0;
    },
  },
  badges: {
    options: ["repository"],
    run: async (name) => {
      process.stdout.write(
        await badges(
          name,
          values.repository ?? fail("the repository on GitHub is missing; add it like --repository anna/shop"),
        ),
      );
      return 0;
    },
  },
};

if (help || command === undefined) {
  process.stdout.write(USAGE);
  process.exit(help ? 0 : 2);
}
const chosen = Object.hasOwn(COMMANDS, command)
  ? COMMANDS[command]!
  : fail(`there is no command "${command}"; see --help`);
const unsupported = Object.keys(values).find((name) => !chosen.options.includes(name));
if (unsupported !== undefined) fail(`${command} does not take --${unsupported}; see --help`);
if (repository === undefined || more.length > 0) fail(`name one repository: slipway ${command} shop`);
try {
  process.exitCode = await chosen.run(repository);
} catch (error) {
  fail((error as Error).message);
}
