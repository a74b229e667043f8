/**
 * Runs before Pulumi's SDK and the program (`nodeargs` in Pulumi.yaml): keeps what is compiled for the next command
 * (https://nodejs.org/api/module.html#module-compile-cache).
 */
import { enableCompileCache } from "node:module";

enableCompileCache(".slipway/compile-cache");
