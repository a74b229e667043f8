import { mkdirSync, writeFileSync } from "node:fs";
import { stackFileSchema } from "./jsonSchema.ts";

/** Writes docs/settings.schema.json: `node components/settings/writeSchema.ts`. */
const docs = new URL("../../docs/", import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL("settings.schema.json", docs), `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
