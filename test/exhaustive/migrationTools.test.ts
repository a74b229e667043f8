/** The ways past a migration and back with the tools that test/host/migrationTools.test.ts leaves out. */
import { migrationTools } from "../host/support/migrationTools.ts";
import { matrix } from "./support/suite.ts";

matrix("by the other tools", () => migrationTools(["django", "goose"]));
