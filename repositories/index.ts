/** Every repository that Slipway declares; its owner's stack makes it, the others add their environment where their settings name it. */
import shop from "./shop.ts";

export const repositories = [shop];
