import { writeFileSync } from "node:fs";
import { configJsonSchema } from "../../components/versions/config.ts";
import { versionJsonSchema } from "./report.ts";

/** Writes docs/version.schema.json and docs/version-config.schema.json: `node cli/version/writeSchema.ts`. */
const write = (name: string, schema: object): void =>
  writeFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
write("version", versionJsonSchema());
write("version-config", configJsonSchema());
