/** Reads an existing Compose file: anchors, merge keys, profiles and extension fields as Compose itself understands them. */
import { parse, type Tags } from "yaml";
import type { ComposeDocument } from "./document.ts";

/** Scalars as Compose reads them: `0440` is octal and `1_000` a number, but `yes` is text and `1:30` no number. */
const scalars = (tags: Tags): Tags => [
  ...tags.filter(
    (tag) =>
      typeof tag === "string" ||
      typeof tag.tag !== "string" ||
      !(/:(bool|timestamp|binary|omap|pairs|set)$/.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
  ),
  "bool",
  "intOct",
];

/** An integer that a number would round is text: Compose takes either. */
const exact = (_: unknown, value: unknown): unknown =>
  typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** @throws Error naming the file and the place */
export function parseComposeFile(path: string, text: string): ComposeDocument {
  let document: unknown;
  try {
    document = parse(text, exact, { schema: "yaml-1.1", merge: true, customTags: scalars, intAsBigInt: true });
  } catch (error) {
    throw new Error(`${path} is not valid YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const services = (document as ComposeDocument | null)?.services;
  if (typeof services !== "object" || services === null || Object.keys(services).length === 0) {
    throw new Error(`${path} declares no services; a Compose file needs a "services:" with at least one entry`);
  }
  return document as ComposeDocument;
}

/** Names of the services that run with these profiles active. */
export function activeServices(document: ComposeDocument, profiles: string[]): string[] {
  return Object.keys(document.services).filter((name) => {
    const own = document.services[name]!.profiles as string[] | undefined;
    return own === undefined || own.length === 0 || own.some((profile) => profiles.includes(profile));
  });
}
