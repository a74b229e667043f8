/** Values of an application in the text of a stack's settings: all else in it stays as it is, comments too. */
import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, isMap, isScalar, type Pair, parseDocument, Scalar, type YAMLMap } from "yaml";
import { isSemantic } from "../../components/image/version.ts";
import { isMap as isRecord } from "../../components/shared/issues.ts";

/** What a deployment sets; undefined: it stands nowhere. */
export interface Values {
  version?: string | undefined;
  digest?: string | undefined;
  allowDowngrade?: boolean | undefined;
  outsideWindow?: string | undefined;
}

const KEYS = ["version", "digest", "allowDowngrade", "outsideWindow"] as const;
const APPLICATIONS = "slipway:applications";

/** @param file its name, for errors @throws Error if the application is not there, or not written as a map */
export function valuesIn(text: string, file: string, application: string): Values {
  const document = read(text, file);
  mapOf(document, file, application);
  const all = settingsOf(document.toJS(), application);
  const { version, digest, allowDowngrade, outsideWindow } = all;
  return {
    ...(version !== undefined && version !== null && { version: String(version) }),
    ...(typeof digest === "string" && { digest }),
    ...(typeof allowDowngrade === "boolean" && { allowDowngrade }),
    ...(typeof outsideWindow === "string" && { outsideWindow }),
  };
}

/**
 * The text with these values; one that is undefined is taken out, one that is not named stays.
 * @throws Error if that cannot be done without a change of anything else
 */
export function withValues(text: string, file: string, application: string, values: Values): string {
  let written = text;
  for (const key of KEYS) if (key in values) written = withValue(written, file, application, key, values[key]);
  return written;
}

type Key = (typeof KEYS)[number];

function withValue(text: string, file: string, application: string, key: Key, value: Values[Key]): string {
  const document = read(text, file);
  const map = mapOf(document, file, application);
  const expected = document.toJS() as Record<string, unknown>;
  const settings = settingsOf(expected, application);
  if (settings[key] === value) return text;
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
  const written =
    value === undefined ? without(text, map, pair) : pair ? replaced(text, pair, value) : added(text, map, key, value);
  const own = { ...settings, [key]: value };
  if (value === undefined) delete own[key];
  const wanted = withSettings(expected, application, own);
  const after = parseDocument(written, { merge: true, prettyErrors: false });
  if (after.errors.length > 0 || !isDeepStrictEqual(after.toJS(), wanted))
    throw new Error(
      `${APPLICATIONS}.${application}.${key} in ${file} cannot be changed alone, as it is written (an anchor, an alias or <<); change it by hand, and deploy without naming it`,
    );
  return written;
}

function read(text: string, file: string): Document {
  const document = parseDocument(text, { merge: true, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new Error(`${file} is not YAML (${error.code}); correct it`);
  return document;
}

function mapOf({ contents }: Document, file: string, application: string): YAMLMap {
  let node: unknown = contents;
  for (const key of ["config", APPLICATIONS, application]) {
    const inner: unknown = isMap(node) ? node.get(key, true) : undefined;
    if (isAlias(inner) || !isMap(inner))
      throw new Error(
        `${key === application ? `${APPLICATIONS}.${key}` : key} in ${file} is ${
          inner === undefined
            ? "not there; write it"
            : isAlias(inner)
              ? "an alias for something else; write out what it stands for"
              : "no map; write it as one"
        }, like ${application}: { version: 1.4.0, hosts: [web-1] }`,
      );
    node = inner;
  }
  return node as YAMLMap;
}

type Content = Record<string, unknown>;
const within = (content: unknown, key: string): Content => {
  const inner = isRecord(content) ? content[key] : undefined;
  return isRecord(inner) ? inner : {};
};
const settingsOf = (content: unknown, application: string): Content =>
  within(within(within(content, "config"), APPLICATIONS), application);

function withSettings(content: Content, application: string, settings: Content): Content {
  const config = within(content, "config");
  const applications = { ...within(config, APPLICATIONS), [application]: settings };
  return { ...content, config: { ...config, [APPLICATIONS]: applications } };
}

const rangeOf = (node: unknown): [number, number] => {
  const [start = 0, end = 0] = (node as { range?: readonly number[] | null }).range ?? [];
  return [start, end];
};

/** "1_000" is a number in one YAML and text in the other, so only what is text in all of them goes without quotes. */
function literal(value: string | boolean, like?: unknown): string {
  if (typeof value === "boolean") return String(value);
  const style = isScalar(like) ? like.type : undefined;
  if (style === Scalar.QUOTE_SINGLE) return `'${value}'`;
  const isPlain = isSemantic(value) || /^sha(-|256:)[0-9a-f]+$/.test(value);
  return isPlain && style !== Scalar.QUOTE_DOUBLE ? value : JSON.stringify(value);
}

function replaced(text: string, { value: node }: Pair, value: string | boolean): string {
  const [start, end] = rangeOf(node);
  const isBlock = isScalar(node) && (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL);
  const before = text.slice(0, start);
  return `${before}${start === end && before.endsWith(":") ? " " : ""}${literal(value, node)}${isBlock ? newlineOf(text) : ""}${text.slice(end)}`;
}

const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** After the version where there is one, else before everything. */
function added(text: string, map: YAMLMap, key: Key, value: string | boolean): string {
  const [first] = map.items as Pair[];
  const version = map.items.find((one) => isScalar(one.key) && one.key.value === "version" && isScalar(one.value));
  const entry = `${key}: ${literal(value)}`;
  const put = (at: number, what: string): string => text.slice(0, at) + what + text.slice(at);
  const [begin] = rangeOf(map);
  if (map.flow && version) return put(rangeOf(version.value)[1], `, ${entry}`);
  if (map.flow) return put(begin + 1, first ? ` ${entry},` : ` ${entry} `);
  const at = rangeOf(first!.key)[0];
  const indent = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  if (version === undefined) return put(at, `${entry}${newlineOf(text)}${indent}`);
  const end = text.indexOf("\n", rangeOf(version.value)[1]);
  return end < 0 ? `${text}${newlineOf(text)}${indent}${entry}` : put(end + 1, `${indent}${entry}${newlineOf(text)}`);
}

/** Without the pair, and in a block without its line. */
function without(text: string, map: YAMLMap, pair: Pair | undefined): string {
  if (pair === undefined) return text;
  const place = map.items.indexOf(pair);
  const [start, end] = [rangeOf(pair.key)[0], rangeOf(pair.value)[1]];
  const cut = (from: number, to: number): string => text.slice(0, from) + text.slice(to);
  if (map.flow) {
    const [before, after] = [map.items[place - 1], map.items[place + 1]];
    if (before) return cut(rangeOf(before.value)[1], end);
    return after ? cut(start, rangeOf(after.key)[0]) : cut(start, end);
  }
  const next = text.indexOf("\n", end);
  return cut(text.lastIndexOf("\n", start - 1) + 1, next < 0 ? text.length : next + 1);
}
