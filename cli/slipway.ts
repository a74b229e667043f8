/** The `slipway` command. */
import { parseArgs } from "node:util";
import { files } from "./files.ts";

const USAGE = `usage: node cli/slipway.ts files REPOSITORY [--into FOLDER] [--check]

files  writes the workflows and other files of a repository, as repositories/REPOSITORY.ts declares them, into a
       checkout: the same bytes that \`pulumi up\` commits.

  --into FOLDER  the checkout (default: this folder)
  --check        write nothing; exit code 1 if a file differs
  --help         this text
`;

function fail(message: string): never {
  process.stderr.write(`slipway: ${message}\n`);
  process.exit(2);
}

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options: { into: { type: "string", default: "." }, check: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } } });
  } catch (error) {
    return fail(`${(error as Error).message}; see --help`);
  }
}

const { values, positionals: [command, repository, ...more] } = parsed();
if (values.help || command === undefined) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
if (command !== "files") fail(`there is no command "${command}"; see --help`);
if (repository === undefined || more.length > 0) fail("name one repository: slipway files shop");
try {
  const differing = await files(repository, values.into, values.check);
  process.exit(values.check && differing > 0 ? 1 : 0);
} catch (error) {
  fail((error as Error).message);
}
