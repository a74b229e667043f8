/** `slipway check`: what the policy pack finds in a preview, by the files of a project alone. */
import { existsSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ownManifest } from "../../components/shared/ownPackage.ts";
import { defined } from "../../components/shared/records.ts";
import { repositoryOf } from "../init/checkout.ts";
import { firstLine, loadDeclarations } from "./declarations.ts";
import { reportOf } from "./gather.ts";
import { exitCode, renderJson } from "./report.ts";
import { pageAt, renderSarif, type Tool } from "./sarif.ts";
import { readProject, readStack, stacksOf } from "./stackSettings.ts";
import { renderAnnotations, renderText } from "./text.ts";

export const FORMATS = ["text", "json", "sarif"] as const;
export type Format = (typeof FORMATS)[number];

export interface CheckOptions {
  /** Default: every one that has a file. */
  stack?: string;
  format?: string;
  /** Default: standard output. */
  output?: string;
  verbose?: boolean;
}

const isFormat = (format: string): format is Format => (FORMATS as readonly string[]).includes(format);

/**
 * @returns the exit code
 * @throws Error if an option is not known, or there is no project or stack to check
 */
export async function check({ stack, format = "text", output, verbose = false }: CheckOptions): Promise<number> {
  if (!isFormat(format)) throw new Error(`--format ${format} is unknown; write ${FORMATS.join(", ")}`);
  const project = readProject();
  const names = stack === undefined ? stacksOf(project) : [stack];
  if (names.length === 0) throw new Error("no stack has a file here; write one, like Pulumi.prod.yaml");
  const stacks = names.map((name) => readStack(project, name));
  const report = await aside(async () => reportOf(stacks, await loadDeclarations()));
  const around = repositoryOf(".");
  const root = existsSync(join(around, ".git")) ? around : ".";
  const fromRoot = (file: string): string => relative(root, resolve(file)).replaceAll("\\", "/");
  const rendered = {
    text: () => renderText(report, verbose),
    json: () => renderJson(report),
    sarif: () => renderSarif(report, { ...tool(), fromRoot }),
  }[format]();
  if (output === undefined) process.stdout.write(rendered);
  else write(output, rendered);
  if (format === "text" && process.env.GITHUB_ACTIONS === "true")
    process.stdout.write(renderAnnotations(report, fromRoot));
  return exitCode(report);
}

/**
 * Declarations are programs: what they print goes to standard error, and one that ends the process, waits for ever or fails
 * when it was loaded already ends it with 2.
 */
async function aside<T>(work: () => Promise<T>): Promise<T> {
  const { stdout, stderr } = process;
  const print = stdout.write;
  const ended = (): void => {
    stderr.write("slipway: a declaration ends the process, or waits for something that never comes\n");
    process.exitCode = 2;
  };
  // A promise that nobody awaits may fail after everything else is done.
  process.on("uncaughtException", (error) => {
    stderr.write(`slipway: a declaration fails after it was loaded; ${firstLine(error)}\n`);
    process.off("exit", ended).exit(2);
  });
  process.on("exit", ended);
  stdout.write = stderr.write.bind(stderr);
  try {
    return await work();
  } finally {
    stdout.write = print;
    process.off("exit", ended);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new Error(`--output ${file} cannot be written (${why}); name a file in a folder that exists`);
  }
}

function tool(): Omit<Tool, "fromRoot"> {
  const { version, homepage } = ownManifest();
  return { version, ...defined({ page: pageAt(homepage) }) };
}
