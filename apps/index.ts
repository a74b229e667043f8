/** Every application that Slipway deploys; an environment takes those that its settings name. */
import shop from "./shop.ts";

export const applications = [shop];
