import { writeFileSync } from "node:fs";
import { doctorJsonSchema } from "../doctor/report.ts";
import { historyJsonSchema } from "../history/report.ts";
import { lockJsonSchema } from "../lock/report.ts";
import { notificationJsonSchema } from "../notifications/report.ts";
import { pruneJsonSchema } from "../prune/report.ts";
import { statusJsonSchema } from "../status/report.ts";

/** Writes docs/{status,history,prune,doctor,lock,notifications}.schema.json: `node cli/hosts/writeSchema.ts`. */
const write = (name: string, schema: object): void =>
  writeFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
write("status", statusJsonSchema());
write("history", historyJsonSchema());
write("notifications", notificationJsonSchema());
write("prune", pruneJsonSchema());
write("doctor", doctorJsonSchema());
write("lock", lockJsonSchema());
