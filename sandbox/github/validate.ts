import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { invalid } from "./errors.ts";
import { answerExceptions, requestExceptions } from "./exceptions.ts";
import { component, type Operation, type Schema } from "./spec.ts";

const ajv = new Ajv({ strict: false, logger: false, validateFormats: true });
formats.default(ajv);
const isUri = ajv.formats.uri as (text: string) => boolean;
// The description's own default for an address that is not there: "".
ajv.addFormat("uri", (text: string) => text === "" || isUri(text));

const known = new Set<string>();
const compiled = new Map<string, ValidateFunction>();

/** An OpenAPI 3.0 schema as JSON Schema; also registers the schemas that it refers to. */
function translate(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(translate);
  if (typeof node !== "object" || node === null) return node;
  const reference = (node as Schema).$ref;
  if (typeof reference === "string") {
    const name = reference.replace("#/components/schemas/", "");
    if (!known.has(name)) {
      known.add(name);
      ajv.addSchema(translate(component(name)) as Schema, name);
    }
    return { $ref: name };
  }
  const { nullable, discriminator: _, example: _example, examples: _examples, ...rest } = node as Schema;
  const schema = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === "enum" || key === "default" ? value : translate(value)]),
  );
  // A property may be called "nullable"; the keyword is a boolean.
  if (nullable !== true) return nullable === undefined ? schema : { ...schema, nullable: translate(nullable) };
  if (typeof schema.type !== "string") return { anyOf: [{ type: "null" }, schema] };
  return {
    ...schema,
    type: [schema.type, "null"],
    ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
  };
}

/** Compiles on first use: the description has 800 calls, of which a run needs about 40. */
function validator(key: string, schema: Schema): ValidateFunction {
  const found = compiled.get(key) ?? ajv.compile(translate(schema) as Schema);
  compiled.set(key, found);
  return found;
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** The problem in GitHub's words, without the value, which may be a secret. */
function worded(error: ErrorObject): string {
  const place = error.instancePath === "" ? "links/0/schema" : `properties${error.instancePath}`;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "required":
      return `"${String(params.missingProperty)}" wasn't supplied.`;
    case "additionalProperties":
      return `"${String(params.additionalProperty)}" is not a permitted key.`;
    case "type":
      return `For '${place}', the value is not ${article(String(params.type).split(",")[0]!)}.`;
    case "enum":
      return `For '${place}', the value is not a member of ${JSON.stringify(params.allowedValues)}.`;
    case "anyOf":
    case "oneOf":
      return `No subschema in "${error.keyword}" matched.`;
    default:
      return `For '${place}', the value ${error.message ?? "is not valid"}.`;
  }
}

const coerced = (schema: Schema, text: string): unknown => {
  if (schema.type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return schema.type === "array" ? text.split(",") : text;
};

/** Why the description does not allow a request; undefined if it does. */
export function requestProblem(
  operation: Operation,
  params: Record<string, string>,
  query: Record<string, string>,
  body: unknown,
): string | undefined {
  for (const parameter of operation.parameters) {
    if (parameter.in === "header") continue;
    const text = (parameter.in === "path" ? params : query)[parameter.name];
    if (text === undefined && !parameter.required) continue;
    if (text === undefined) return `"${parameter.name}" wasn't supplied.`;
    const check = validator(`${operation.operationId} ${parameter.in} ${parameter.name}`, parameter.schema);
    if (!check(coerced(parameter.schema, text)))
      return worded(check.errors![0]!).replace("links/0/schema", parameter.name);
  }
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return undefined;
  if (body === undefined)
    return operation.requestBody?.required ? "For 'links/0/schema', nil is not an object." : undefined;
  const adapt = requestExceptions[operation.operationId]?.adapt;
  const check = validator(`${operation.operationId} body`, schema);
  return check(adapt ? adapt(body) : body) ? undefined : worded(check.errors![0]!);
}

// The third one of the description, basic-error, needs no field at all.
const errorSchemas = ["validation-error", "validation-error-simple"];
const anywhere = [401, 403, 404];

function errorProblem({ operationId, responses }: Operation, status: number, body: unknown): string | undefined {
  const fits = errorSchemas.some((name) => validator(`error ${name}`, { $ref: `#/components/schemas/${name}` })(body));
  if (!fits) return `the error of status ${status} has no form that the description knows`;
  const unfit = status === 422 && (body as { message: string }).message.startsWith(invalid);
  const known =
    String(status) in responses ||
    anywhere.includes(status) ||
    unfit ||
    answerExceptions[operationId]?.statuses.includes(status);
  return known ? undefined : `the description has no answer ${status}`;
}

/** Why an answer of the sandbox is not one that GitHub could give; undefined if it is. */
export function answerProblem(operation: Operation, status: number, body: unknown): string | undefined {
  if (status >= 400) return errorProblem(operation, status, body);
  const response = operation.responses[String(status)];
  if (response === undefined) return `the description has no answer ${status}`;
  const schema = response.content?.["application/json"]?.schema;
  if (schema === undefined) return body === undefined ? undefined : `an answer ${status} has no body`;
  if (body === undefined) return `an answer ${status} needs a body`;
  const check = validator(`${operation.operationId} ${status}`, schema);
  return check(body) ? undefined : ajv.errorsText(check.errors, { dataVar: "body" });
}
