/** Runs before Pulumi's launcher and the program (`nodeargs` in Pulumi.yaml), and takes a third of a second off each command. */
import { enableCompileCache } from "node:module";
import "./shared/closures.ts";
import { putOff } from "./shared/putOff.ts";

// What is compiled is kept for the next command (https://nodejs.org/api/module.html#module-compile-cache).
enableCompileCache(".slipway/compile-cache");
// Every script would be told to a debugger, in case that a function which cannot become text must say where it stands.
putOff("@pulumi/pulumi/runtime/closure/v8Hooks", { isInitializedAsync: () => Promise.resolve() });
// Node runs these sources as they stand, at their own lines (https://nodejs.org/api/typescript.html#type-stripping).
putOff("source-map-support/register");
