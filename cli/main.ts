/** What the `slipway` command does with its words. */
import { parseArgs } from "node:util";
import { USAGE } from "./usage.ts";

const OPTIONS = {
  yes: { type: "boolean", short: "y" },
  template: { type: "boolean" },
  name: { type: "string" },
  image: { type: "string" },
  domain: { type: "string" },
  port: { type: "string" },
  address: { type: "string" },
  user: { type: "string" },
  from: { type: "string" },
  into: { type: "string" },
  check: { type: "boolean" },
  repository: { type: "string" },
  application: { type: "string" },
  stack: { type: "string" },
  secret: { type: "string", multiple: true },
  plain: { type: "string", multiple: true },
  overwrite: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const parse = (words: string[]) => parseArgs({ args: words, allowPositionals: true, options: OPTIONS });
type Values = ReturnType<typeof parse>["values"];

interface Command {
  options: (keyof Values)[];
  /** @returns the exit code */
  run: (operands: string[], values: Values) => Promise<number>;
}

/** Each command imports what it needs itself: the others need not wait for it. */
const COMMANDS: Record<string, Command> = {
  init: {
    options: ["yes", "template", "name", "image", "domain", "port", "address", "user", "from"],
    run: async ([folder = ".", ...more], { yes = false, template = false, ...answers }) => {
      if (more.length > 0) throw new Error("name one folder: slipway init infra");
      if (template) return templateOf(folder, answers);
      const { init } = await import("./init/init.ts");
      await init(folder, yes, answers);
      return 0;
    },
  },
  import: {
    options: ["yes", "application", "stack", "secret", "plain", "overwrite"],
    run: async ([file, ...more], { yes = false, overwrite = false, secret = [], plain = [], ...where }) => {
      if (file === undefined || more.length > 0) throw new Error("name one file: slipway import ../.env");
      const { importFile } = await import("./import/import.ts");
      return importFile(file, { yes, overwrite, secret, plain, ...where });
    },
  },
  upgrade: {
    options: ["check"],
    run: async ([from, ...more], { check = false }) => {
      if (from === undefined || more.length > 0)
        throw new Error("name one tarball, Git URL or version: slipway upgrade ../slipway-1.2.0.tgz");
      const { upgrade } = await import("./upgrade/upgrade.ts");
      return upgrade(from, check);
    },
  },
  files: {
    options: ["into", "check"],
    run: async (operands, { into = ".", check = false }) => {
      const repository = only("files", operands);
      const { files } = await import("./files.ts");
      const differing = await files(repository, into, check);
      return check && differing > 0 ? 1 : 0;
    },
  },
  badges: {
    options: ["repository"],
    run: async (operands, { repository: fullName }) => {
      const repository = only("badges", operands);
      if (fullName === undefined)
        throw new Error("the repository on GitHub is missing; add it like --repository anna/shop");
      const { badges } = await import("./badges.ts");
      process.stdout.write(await badges(repository, fullName));
      return 0;
    },
  },
};

async function templateOf(folder: string, { from, ...answers }: Values): Promise<number> {
  const answered = Object.keys(answers)[0];
  if (answered !== undefined) throw new Error(`a template answers nothing, so leave out --${answered}`);
  const { initTemplate } = await import("./init/template.ts");
  initTemplate(folder, from);
  return 0;
}

function only(command: string, [repository, ...more]: string[]): string {
  if (repository === undefined || more.length > 0) throw new Error(`name one repository: slipway ${command} shop`);
  return repository;
}

/** @returns the exit code: 2 where nothing was done */
export async function main(words: string[]): Promise<number> {
  try {
    return await follow(parseWords(words));
  } catch (error) {
    process.stderr.write(`slipway: ${(error as Error).message}\n`);
    return 2;
  }
}

function parseWords(words: string[]): ReturnType<typeof parse> {
  try {
    return parse(words);
  } catch (error) {
    throw new Error(`${(error as Error).message}; see --help`);
  }
}

async function follow({ values: { help, ...values }, positionals }: ReturnType<typeof parse>): Promise<number> {
  const [name, ...operands] = positionals;
  if (help || name === undefined) {
    process.stdout.write(USAGE);
    return help ? 0 : 2;
  }
  if (!Object.hasOwn(COMMANDS, name)) throw new Error(`there is no command "${name}"; see --help`);
  const { options, run } = COMMANDS[name]!;
  const unsupported = (Object.keys(values) as (keyof Values)[]).find((option) => !options.includes(option));
  if (unsupported !== undefined) throw new Error(`${name} does not take --${unsupported}; see --help`);
  return run(operands, values);
}
