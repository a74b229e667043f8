/** What a stack's settings have already, as they stand in its file: no value is decrypted for it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { at, isMap } from "../../components/shared/issues.ts";
import { didYouMean } from "../../components/shared/text.ts";
import type { Kind } from "./judge.ts";

export interface StackFile {
  path: string;
  applications: string[];
  /** How names of an application are set. */
  set: (application: string) => Map<string, Kind[]>;
}

/** The folder with Pulumi.yaml: this one, or one above it. */
export function projectFolder(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder))
      throw new Error("there is no Pulumi.yaml here; run this in the project's folder (slipway init writes one)");
  }
}

/** @throws Error if the stack has no settings, or they cannot be read */
export function readStackFile(folder: string, stack: string): StackFile {
  const project: unknown = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"));
  const within = at(project, ["stackConfigDir"]);
  const path = join(folder, typeof within === "string" ? within : "", `Pulumi.${stack.split("/").at(-1)}.yaml`);
  if (!existsSync(path)) throw new Error(`${path} does not exist; name the stack with --stack, like --stack prod`);
  const content: unknown = parse(readFileSync(path, "utf8"), { merge: true });
  const setting = (key: string, ...more: string[]): unknown => {
    const value = at(content, ["config", `slipway:${key}`, ...more]);
    if (isMap(value) && Object.keys(value).join() === "secure" && typeof value.secure === "string")
      throw new Error(
        `slipway:${[key, ...more].join(".")} in ${path} is encrypted as a whole, so it cannot be added to; set each of its values by its --path`,
      );
    return value;
  };
  const namesOf = (value: unknown): string[] => (isMap(value) ? Object.keys(value) : []);
  return {
    path,
    applications: namesOf(setting("applications")),
    set: (application) => {
      setting("secrets");
      const found = new Map<string, Kind[]>();
      const add = (kind: Kind, names: string[]): void => {
        for (const name of names) found.set(name, [...(found.get(name) ?? []), kind]);
      };
      add("secret", namesOf(setting("secrets", application)));
      add("plain", namesOf(setting("applications", application, "environment")));
      return found;
    },
  };
}

/** @throws Error if it is not among the settings, or not the only one there */
export function applicationIn({ applications, path }: StackFile, named: string | undefined): string {
  const list = applications.length === 0 ? "none" : applications.join(", ");
  if (named === undefined) {
    if (applications.length === 1) return applications[0]!;
    throw new Error(`name the application with --application; slipway:applications in ${path} has ${list}`);
  }
  if (applications.includes(named)) return named;
  const meant = didYouMean(named, applications);
  throw new Error(
    `--application ${JSON.stringify(named)} is not in slipway:applications of ${path}; ${meant ? `did you mean ${meant}?` : `it has ${list}`}`,
  );
}
