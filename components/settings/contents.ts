import { at } from "../shared/issues.ts";
import type { Problems } from "../shared/problems.ts";
import { shown } from "../shared/text.ts";
import {
  type FileContent,
  parseHostKey,
  type ReadFile,
  readHostKey,
  readPassword,
  readPrivateKey,
  readToken,
} from "./files.ts";
import { entries, place } from "./problems.ts";

export interface Sources {
  /** The project folder: what relative paths are relative to. */
  folder: string;
  readFile: ReadFile;
  /** SLIPWAY_GITHUB=off: a job that deploys has no token, and no file with one. @default false */
  gitHubIsOff?: boolean;
  /** Stands for what files hold, none of which is then read. @default they are read */
  unread?: string;
}

/** What the files named in the settings hold, and host keys in their one form, by place. */
export type Contents = Map<string, string>;

type Reader = (written: string, folder: string, read: ReadFile) => FileContent;

const inlineHostKey: Reader = (written) => {
  const result = parseHostKey(written);
  return "problem" in result ? { problem: `${shown(written)} ${result.problem}` } : result;
};

const CONNECTION: Record<string, Reader> = {
  privateKeyFile: readPrivateKey,
  hostKeyFile: readHostKey,
  hostKey: inlineHostKey,
};
const GITHUB: Record<string, Reader> = { tokenFile: readToken };
const REGISTRY: Record<string, Reader> = { passwordFile: readPassword };

/** Reads every file that the settings name; tolerant of all that may be wrong with the rest of them. */
export function contentsOf(
  problems: Problems,
  raw: unknown,
  { folder, readFile, gitHubIsOff = false, unread }: Sources,
): Contents {
  const contents: Contents = new Map();
  const take = (path: PropertyKey[], readers: Record<string, Reader>) => {
    for (const [key, reader] of Object.entries(readers)) {
      const written = at(raw, [...path, key]);
      if (typeof written !== "string" || written.trim() === "") continue;
      const isElsewhere = unread !== undefined && key.endsWith("File");
      const result = isElsewhere ? { content: unread } : reader(written, folder, readFile);
      if ("content" in result) contents.set(place([...path, key]), result.content);
      else problems.at([...path, key], result.problem);
    }
  };
  for (const [name] of entries(raw, ["hosts"])) {
    take(["hosts", name], CONNECTION);
    take(["hosts", name, "bastion"], CONNECTION);
  }
  if (!gitHubIsOff) take(["github"], GITHUB);
  for (const [name] of entries(raw, ["registries"])) take(["registries", name], REGISTRY);
  return contents;
}
