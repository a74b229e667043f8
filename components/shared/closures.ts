/**
 * Pulumi's SDK loads in every program what turns functions into text, with a compiler and most of npm: more than half of
 * its own start. Only dynamic providers use it, so it is loaded by their first call. Needs to run before the SDK is loaded.
 */
import { putOff } from "./putOff.ts";

putOff("@pulumi/pulumi/runtime/closure/serializeClosure");
putOff("@pulumi/pulumi/runtime/closure/codePaths");
