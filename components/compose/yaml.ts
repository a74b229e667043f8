/** Reads YAML as Compose does (go-yaml v3), with the tags of its merge: `!reset` and `!override`. */
import {
  type CollectionTag,
  isMap,
  isScalar,
  isSeq,
  parse,
  parseAllDocuments,
  Scalar,
  type ScalarTag,
  type Tags,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isMap as isRecord } from "../shared/issues.ts";

/** A document of a file, to be put on top of those before it. */
export interface Layer {
  value: unknown;
  /** What these take out of the layers below: places of `!reset` and `!override`. */
  cleared: string[][];
}

/** Copies that aliases may make, nested ones multiplied: far above what people write, far below what takes long. */
const ALIASES = 10_000;

/** Numbers with a point as Compose reads them: a point alone is text, and often a folder. */
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/;

/** A number that is too large for one is text, like the digest `8e12345`. */
const finite = (text: string): number | string => {
  const value = Number(text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : text;
};

/** Scalars as Compose reads them: `0440` is octal and `1_000` a number, but `yes` is text and `1:30` no number. */
const scalars = (tags: Tags): Tags => [
  ...tags
    .filter(
      (tag) =>
        typeof tag === "string" ||
        typeof tag.tag !== "string" ||
        !(/:(bool|timestamp|binary|omap|pairs|set)$/.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
    )
    .map((tag) => {
      if (typeof tag === "string" || tag.collection !== undefined) return tag;
      if (tag.test?.test(".")) return { ...tag, test: FLOAT };
      return tag.format === "EXP" ? { ...tag, resolve: finite } : tag;
    }),
  "bool",
  "intOct",
];

const RESET = Symbol("!reset");

/** A value that takes the place of what is below it. */
class Overriding {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

class OverridingNode extends Scalar<YAMLMap | YAMLSeq> {
  override toJSON(arg?: unknown, ctx?: Parameters<YAMLMap["toJSON"]>[1]): unknown {
    return new Overriding(isMap(this.value) ? this.value.toJSON(arg, ctx) : this.value.toJSON(arg, ctx));
  }
}

const overriding = (value: unknown) => (isMap(value) || isSeq(value) ? new OverridingNode(value) : value);
const merging: (ScalarTag | CollectionTag)[] = [
  { tag: "!reset", resolve: () => RESET },
  { tag: "!reset", collection: "map", resolve: () => RESET },
  { tag: "!reset", collection: "seq", resolve: () => RESET },
  { tag: "!override", resolve: (text) => new Overriding(parse(text, exact, OPTIONS)) },
  { tag: "!override", collection: "map", resolve: overriding },
  { tag: "!override", collection: "seq", resolve: overriding },
];

const OPTIONS = {
  schema: "yaml-1.1",
  merge: true,
  intAsBigInt: true,
  customTags: (tags: Tags): Tags => [...scalars(tags), ...merging],
} as const;

/** An integer that a number would round is text: Compose takes either. */
const exact = (_: unknown, value: unknown): unknown =>
  typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

const reset = (node: unknown) => (isScalar(node) && node.value === RESET ? visit.REMOVE : undefined);

/** Takes the tags out of a value, and notes where they were. */
function settled(value: unknown, path: string[], cleared: string[][]): unknown {
  if (value instanceof Overriding) {
    cleared.push(path);
    return settled(value.value, path, []);
  }
  if (Array.isArray(value))
    return value
      .filter((entry) => entry !== RESET)
      .map((entry, index) => settled(entry, [...path, `${index}`], cleared));
  if (!isRecord(value)) return value === RESET ? null : value;
  const entries = Object.entries(value).flatMap(([key, entry]) => {
    if (entry !== RESET) return [[key, settled(entry, [...path, key], cleared)]];
    cleared.push([...path, key]);
    return [];
  });
  return Object.fromEntries(entries);
}

/**
 * The documents of a text, those that are empty left out.
 * @throws Error in one line
 */
export function readYaml(text: string): Layer[] {
  const hasTags = /!(reset|override)\b/.test(text);
  return [parseAllDocuments(text, OPTIONS)].flat().flatMap((document): Layer[] => {
    if (document.errors.length > 0) throw new Error(document.errors[0]!.message.split("\n")[0]);
    const read = (): unknown => document.toJS({ reviver: exact, maxAliasCount: ALIASES });
    const cleared: string[][] = [];
    let value = read();
    if (hasTags) {
      settled(value, [], cleared);
      // Before merge keys are looked at: what they bring stays.
      visit(document, {
        Pair: (_, { value }) => reset(value),
        Scalar: (key, node) => (typeof key === "number" ? reset(node) : undefined),
      });
      value = settled(read(), [], []);
    }
    return value === null || value === undefined ? [] : [{ value, cleared }];
  });
}
