import type { Field, Fields } from "./sdk.ts";

/** The part of a Pulumi package schema that names things. */
export interface PackageSchema {
  version: string;
  provider: ResourceSchema;
  types: Record<string, ObjectSchema>;
  resources: Record<string, ResourceSchema>;
  functions: Record<string, { inputs?: ObjectSchema; outputs?: ObjectSchema }>;
}
export interface ObjectSchema {
  properties?: Record<string, PropertySchema>;
  required?: string[];
}
export interface ResourceSchema extends ObjectSchema {
  inputProperties?: Record<string, PropertySchema>;
  requiredInputs?: string[];
  stateInputs?: ObjectSchema;
}
export interface PropertySchema {
  type?: string;
  $ref?: string;
  items?: PropertySchema;
  additionalProperties?: PropertySchema;
  secret?: boolean;
}

/** An object's properties in the form in which the SDK's are read. */
export function fields(
  schema: PackageSchema,
  properties: Record<string, PropertySchema> = {},
  required: string[] = [],
): Fields {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      { ...field(schema, property), required: required.includes(name) },
    ]),
  );
}

function field(schema: PackageSchema, property: PropertySchema): Omit<Field, "required"> {
  if (property.$ref !== undefined) {
    const target = schema.types[property.$ref.replace("#/types/", "")];
    if (target === undefined) throw new Error(`${property.$ref} is not in the schema`);
    return { type: "object", fields: fields(schema, target.properties, target.required) };
  }
  const inner = property.items ?? property.additionalProperties;
  if (inner !== undefined) {
    const element = field(schema, inner);
    return { ...element, type: element.type + (property.items ? "[]" : "{}") };
  }
  if (property.type === "object") return { type: "string{}" };
  return { type: property.type === "integer" ? "number" : property.type! };
}

export const secrets = (properties: Record<string, PropertySchema> = {}): string[] =>
  Object.keys(properties)
    .filter((name) => properties[name]!.secret)
    .sort();

/** Names and types without what is required, for places where a program sets nothing. */
export function names(known: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(known).map(([name, { type, fields: inner }]) => [
      name,
      inner === undefined ? type : { type, fields: names(inner) },
    ]),
  );
}
