export { readSettings, SettingsError } from "./read.ts";
export type * from "./types.ts";
