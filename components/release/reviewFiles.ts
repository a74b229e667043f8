/** What a review says of the files that go with a release: path, size and digest. */
import { FILES } from "../application/cargo.ts";
import type { CarriedFiles, CarriedSecret } from "../application/model.ts";
import { sizeInWords } from "../shared/size.ts";
import { named } from "./carried.ts";
import { digestOf } from "./hidden.ts";
import { withInlineFiles } from "./inline.ts";
import type { Stack } from "./model.ts";

/** A folder with more files is shown as one: a review is read by people. */
const MOST_LINES = 100;

function ofFiles({ name, at, files }: CarriedFiles): [string, string][] {
  const folder = `${at.split("/")[1]!}/`;
  if (files.length > MOST_LINES) {
    const size = files.reduce((sum, { content }) => sum + content.length, 0);
    return [[name, `${files.length} files, ${sizeInWords(size)}, named ${FILES}/${at}`]];
  }
  return files.map(({ path, content, executable }) => [
    path.startsWith(folder) ? `${name.replace(/\/+$/, "")}/${path.slice(folder.length)}` : name,
    `${sizeInWords(content.length)}, sha256 ${digestOf(content)}${executable ? ", executable" : ""}`,
  ]);
}

/** The mark changes with the content, and is too short to find the content by it. */
function ofSecret({ name, at, content }: CarriedSecret, unknown: string | undefined): [string, string] {
  const isUnknown = unknown !== undefined && Buffer.from(content).includes(unknown);
  return [name, isUnknown ? unknown : `${sizeInWords(content.length)}, secret:${at.slice(0, 4)}`];
}

/** @param unknown stands for what is known later */
export function carriedLines(stack: Stack, compose: string, unknown: string | undefined): [string, string][] {
  const { files, secrets } = named(withInlineFiles(stack).carried, compose);
  return [...files.flatMap(ofFiles), ...secrets.map((one) => ofSecret(one, unknown))];
}
