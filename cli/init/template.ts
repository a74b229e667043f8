/** `slipway init --template`: the project that `init` writes, as a template for `pulumi new`. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { libraryOf } from "./library.ts";
import { type Files, leftOpen, nextCommands, type Package, renderProject } from "./render.ts";
import { recognise } from "./seen.ts";

/** `pulumi new` puts the project's name in its place, in texts and in names of files. */
const PROJECT = "${PROJECT}";

/**
 * Writes it into a folder, with the tarball of this package if a project has it from one.
 * @param from where a project gets this package from; absent: from where the one in the current folder has it
 * @throws Error if there is something in the folder, or nothing says where the package comes from
 */
export function initTemplate(folder: string, from: string | undefined): void {
  const into = resolve(folder);
  if (existsSync(into) && readdirSync(into).length > 0) throw new Error(`${into} is not empty; name another folder`);
  const library = libraryOf(process.cwd(), from);
  const tarball = /^file:(.*)/.exec(library.spec)?.[1];
  const files = renderTemplate(tarball === undefined ? library : { ...library, spec: `file:${basename(tarball)}` });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(into, dirname(path)), { recursive: true });
    writeFileSync(join(into, path), text);
  }
  if (tarball !== undefined) copyFileSync(resolve(tarball), join(into, basename(tarball)));
  process.stdout.write(
    `${relative(process.cwd(), into)}: written\n\nNext, for each project:\n  pulumi new ${into} --generate-only --dir infra --name my-shop\n`,
  );
}

/** Of a repository that tells nothing, with the name left to `pulumi new`. */
export function renderTemplate(library: Package): Files {
  const seen = recognise({ folder: "", paths: [], texts: {}, gitConfig: "" });
  const answers = { name: PROJECT, user: "deploy" };
  const files = renderProject(seen, answers, library, "..");
  const lines = (title: string, all: string[]): string[] => [title, ...all.map((line) => `  ${line}`), ""];
  const section = {
    template: {
      description: "What runs where, deployed by Slipway",
      quickstart: [
        ...lines("To be filled in:", leftOpen(seen, { ...answers, name: "<name>" })),
        ...lines("Next:", nextCommands(seen, answers, "..")),
      ].join("\n"),
    },
  };
  const inYaml = Object.entries(files).map(([path, text]) => [path, path.endsWith(".yaml") ? explicit(text) : text]);
  return { ...Object.fromEntries(inYaml), "Pulumi.yaml": files["Pulumi.yaml"] + stringify(section, { lineWidth: 0 }) };
}

/** In YAML `pulumi new` puts a line break after the name, so nothing may follow it: a key is written by its `?`. */
const explicit = (text: string): string =>
  text.replaceAll(/^( *)(\$\{PROJECT\}): /gm, (_, indent: string, key: string) => `${indent}? ${key}\n${indent}: `);
