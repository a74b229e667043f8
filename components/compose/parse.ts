/** Reads an existing Compose file: anchors, merge keys and extension fields as Compose itself understands them. */
import { parse, type Tags } from "yaml";
import { isMap, type Problem } from "../shared/issues.ts";
import { composeProblems, isComposeDocument } from "./check.ts";
import type { ComposeDocument } from "./schema.ts";

/** Numbers with a point as Compose reads them: a point alone is text, and often a folder. */
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/;

/** Scalars as Compose reads them: `0440` is octal and `1_000` a number, but `yes` is text and `1:30` no number. */
const scalars = (tags: Tags): Tags => [
  ...tags
    .filter(
      (tag) =>
        typeof tag === "string" ||
        typeof tag.tag !== "string" ||
        !(/:(bool|timestamp|binary|omap|pairs|set)$/.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
    )
    .map((tag) => (typeof tag !== "string" && "test" in tag && tag.test?.test(".") ? { ...tag, test: FLOAT } : tag)),
  "bool",
  "intOct",
];

/** An integer that a number would round is text: Compose takes either. */
const exact = (_: unknown, value: unknown): unknown =>
  typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** A document, or all that is wrong with it; a problem without a place is one of the whole file. */
export type Parsed =
  | { document: ComposeDocument; problems?: undefined }
  | { document?: undefined; problems: Problem[] };

const ofFile = (message: string): Parsed => ({ problems: [{ path: [], message }] });

export function parseComposeFile(text: string): Parsed {
  let document: unknown;
  try {
    document = parse(text, exact, { schema: "yaml-1.1", merge: true, customTags: scalars, intAsBigInt: true });
  } catch (error) {
    return ofFile(`is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`);
  }
  const services = isMap(document) ? document.services : undefined;
  if (services === undefined || services === null || (isMap(services) && Object.keys(services).length === 0))
    return ofFile('declares no services; a Compose file needs a "services:" with at least one entry');
  return isComposeDocument(document) ? { document } : { problems: composeProblems(document) };
}
