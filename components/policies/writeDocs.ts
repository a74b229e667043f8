import { writeFileSync } from "node:fs";
import { ownManifest } from "../shared/ownPackage.ts";
import { policiesPage } from "./docs.ts";

/** Writes docs/policies.md: `node components/policies/writeDocs.ts`. */
writeFileSync(new URL("../../docs/policies.md", import.meta.url), policiesPage(ownManifest().name));
