/** Every repository that Slipway declares; a stack makes those that it owns, and its environments in the others. */
import shop from "./shop.ts";

export const repositories = [shop];
