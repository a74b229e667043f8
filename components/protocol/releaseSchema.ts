/** The host's copy of the schemas in received.ts, as a part of its scripts. */
import { z } from "../shared/zod.ts";
import { receivedInput, receivedMaintenance, receivedManifest } from "./received.ts";

/** JSON with one property of the whole a line, which can stand in the shell's single quotes. */
function lines(schema: z.ZodType): string {
  const { $schema: _, properties = {}, ...rest } = z.toJSONSchema(schema);
  const json = (value: unknown): string => JSON.stringify(value).replaceAll("'", "\\u0027");
  const all = Object.entries(properties).map(([name, property]) => `${json(name)}: ${json(property)}`);
  return `${json(rest).slice(0, -1)}, "properties": {\n  ${all.join(",\n  ")}\n}}`;
}

export const releaseSchemaScript = (): string => `# shellcheck shell=bash
# What this host takes as a release, and as the page of a maintenance, as JSON Schema. Written by components/protocol/writeSchema.ts.
# Sets: INPUT_SCHEMA, MANIFEST_SCHEMA, MAINTENANCE_SCHEMA.

INPUT_SCHEMA='${lines(receivedInput)}'

MANIFEST_SCHEMA='${lines(receivedManifest)}'

MAINTENANCE_SCHEMA='${lines(receivedMaintenance)}'
`;
