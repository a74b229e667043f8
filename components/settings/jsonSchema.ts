import { defined } from "../shared/records.ts";
import { z } from "../shared/zod.ts";
import { settingsSchema } from "./schema.ts";

type Node = Record<string, unknown>;

const SECURE = { $ref: "#/$defs/secure" };
const COMMAND = { $ref: "#/$defs/command" };

/**
 * JSON Schema of a whole `Pulumi.<stack>.yaml`, for editors: keys of other namespaces are left alone, and where an
 * encrypted value may stand, `{secure: …}` is allowed.
 */
export function stackFileSchema(): Node {
  const { properties } = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" }) as {
    properties: Record<string, Node>;
  };
  const names = Object.keys(properties);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of a Slipway environment (Pulumi.<stack>.yaml)",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          names.map((name) => [
            `slipway:${name}`,
            name === "applications" ? properties[name] : securable(properties[name]!),
          ]),
        ),
        patternProperties: { [`^slipway:(?!(${names.join("|")})$)`]: false },
      },
    },
    $defs: {
      command: {
        type: "object",
        description: "A command whose output is the secret, like `op read op://shop/token`",
        properties: { command: { type: "string", minLength: 1 } },
        required: ["command"],
        additionalProperties: false,
      },
      secure: {
        type: "object",
        description: "An encrypted value, as `pulumi config set --secret --path` writes it",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
    },
  };
}

/** The same schema with `{secure: …}` allowed wherever free text stands. */
function securable(node: Node): Node {
  if (node.type === "string" && !("enum" in node)) {
    const { description, default: fallback, secret, ...rest } = node;
    return {
      ...defined({ description, default: fallback }),
      anyOf: [rest, SECURE, ...(secret ? [COMMAND] : [])],
    };
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === "propertyNames" ? value : descend(key, value)]),
  );
}

function descend(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (isNode(item) ? securable(item) : item));
  if (!isNode(value)) return value;
  return key === "properties"
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, securable(item as Node)]))
    : key === "default"
      ? value
      : securable(value);
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
