/**
 * The GitHub provider's classes, each loaded when it is first used. `import * as github` would load all of its 172
 * modules in every program, also in one that declares no repository.
 */
import { createRequire } from "node:module";

export const github = createRequire(import.meta.url)("@pulumi/github") as typeof import("@pulumi/github");
