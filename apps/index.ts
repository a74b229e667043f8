/** Every application that Slipway deploys; an environment deploys those named in its settings. */
import shop from "./shop.ts";

export const applications = [shop];
