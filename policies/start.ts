/**
 * Runs before the SDK is loaded, and takes a second of processor off the start of the pack: what the SDK loads and a pack
 * does not use is put off, and what is compiled is kept for the next command.
 */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import "../components/shared/closures.ts";
import { putOff } from "../components/shared/putOff.ts";

// In the user's own cache: a pack runs in its own folder, which may be one that nobody writes to.
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "slipway/compile-cache"));
putOff("source-map-support/register");
