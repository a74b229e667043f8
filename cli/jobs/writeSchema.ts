import { writeFileSync } from "node:fs";
import { jobsJsonSchema } from "./report.ts";

/** Writes docs/jobs.schema.json: `node cli/jobs/writeSchema.ts`. */
writeFileSync(
  new URL("../../docs/jobs.schema.json", import.meta.url),
  `${JSON.stringify(jobsJsonSchema(), null, 2)}\n`,
);
