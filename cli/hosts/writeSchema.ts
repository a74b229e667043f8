import { writeFileSync } from "node:fs";
import { historyJsonSchema } from "../history/report.ts";
import { lockJsonSchema } from "../lock/report.ts";
import { statusJsonSchema } from "../status/report.ts";

/** Writes docs/status.schema.json, docs/history.schema.json and docs/lock.schema.json: `node cli/hosts/writeSchema.ts`. */
const write = (name: string, schema: object): void =>
  writeFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
write("status", statusJsonSchema());
write("history", historyJsonSchema());
write("lock", lockJsonSchema());
