/** The ways past a migration and back with two of the tools of docs/migrations.md; test/exhaustive has the others. */
import { migrationTools } from "./support/migrationTools.ts";

migrationTools(["alembic", "psql"]);
