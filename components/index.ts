/** The library's public face. */
import "./shared/closures.ts";
import "./shared/stackTraces.ts";

export * from "./library.ts";
