import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type Schema = { [key: string]: unknown };

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
  /** GitHub's own mark for a parameter that may contain slashes, like a file's path. */
  "x-multi-segment"?: boolean;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

/** One call of the official description. */
export interface Operation {
  operationId: string;
  method: string;
  /** With its parameters in braces: `/repos/{owner}/{repo}`. */
  path: string;
  parameters: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
  /** Where GitHub documents the call. */
  documentation: string;
}

/** A request's operation, and its path parameters as decoded text. */
interface Match {
  operation: Operation;
  params: Record<string, string>;
}

type Node = Record<string, any>;
interface Route {
  expression: RegExp;
  names: string[];
  literals: number;
  operation: () => Operation;
}

const file = join(dirname(fileURLToPath(import.meta.resolve("@octokit/openapi"))), "generated/api.github.com.json");
const document = JSON.parse(readFileSync(file, "utf8")) as { paths: Node; components: Node };

// A third of the document, and never used.
delete document.components.examples;

/** A named schema of the description. */
export const component = (name: string): Schema => document.components.schemas[name] as Schema;

const resolve = <T>(node: T): T => {
  const reference = (node as { $ref?: string }).$ref;
  if (reference === undefined) return node;
  return reference
    .slice(2)
    .split("/")
    .reduce((found: Node, key) => found[key], document as Node) as T;
};

const routes = new Map<string, Route[]>();
const firstSegment = (path: string): string => path.split("/")[1] ?? "";

for (const [path, methods] of Object.entries(document.paths)) {
  for (const method of Object.keys(methods).filter((name) =>
    ["get", "put", "post", "patch", "delete"].includes(name),
  )) {
    const raw = methods[method] as Node;
    const parameters = (raw.parameters ?? []).map(resolve) as Parameter[];
    const wide = new Set(parameters.filter((each) => each["x-multi-segment"]).map(({ name }) => name));
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const pattern = path
      .replace(/[.]/g, "\\.")
      .replace(/\{(\w+)\}/g, (_, name: string) => (wide.has(name) ? "(.+)" : "([^/]+)"));
    const key = `${method} ${firstSegment(path)}`;
    routes.set(key, [
      ...(routes.get(key) ?? []),
      {
        expression: new RegExp(`^${pattern}$`),
        names,
        literals: path.split("/").filter((part) => !part.includes("{")).length,
        operation: () => ({
          operationId: raw.operationId as string,
          method: method.toUpperCase(),
          path,
          parameters,
          ...(raw.requestBody
            ? { requestBody: resolve(raw.requestBody) as NonNullable<Operation["requestBody"]> }
            : {}),
          responses: Object.fromEntries(
            Object.entries(raw.responses as Node).map(([status, answer]) => [status, resolve(answer)]),
          ),
          documentation: (raw.externalDocs?.url as string | undefined) ?? "https://docs.github.com/rest",
        }),
      },
    ]);
  }
}
for (const list of routes.values()) list.sort((a, b) => b.literals - a.literals || a.names.length - b.names.length);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The operation that a request asks for; undefined if the description has none. `path` is still encoded. */
export function match(method: string, path: string): Match | undefined {
  for (const route of routes.get(`${method.toLowerCase()} ${firstSegment(path)}`) ?? []) {
    const found = route.expression.exec(path);
    if (!found) continue;
    return {
      operation: route.operation(),
      params: Object.fromEntries(route.names.map((name, index) => [name, decode(found[index + 1]!)])),
    };
  }
  return undefined;
}

/** The statuses that the description lists for a call; undefined if there is no such call. */
export function described(operationId: string): string[] | undefined {
  const operations = Object.values(document.paths).flatMap((methods: Node) => Object.values(methods) as Node[]);
  const found = operations.find((each) => each.operationId === operationId);
  return found && Object.keys(found.responses as Node);
}
