/**
 * The GitHub provider's classes, each loaded on first use. `import * as github` would load all of its 172 modules in every
 * program, even in one that declares no repository.
 */
import { createRequire } from "node:module";
import { lazily } from "../../shared/lazily.ts";

const require = createRequire(import.meta.url);

export const github = lazily(() => require("@pulumi/github") as typeof import("@pulumi/github"));
