/** Every repository that Slipway declares; a stack creates those that it owns, and its environments in the others. */
import shop from "./shop.ts";

export const repositories = [shop];
