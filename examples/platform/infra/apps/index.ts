/** Every application of this program. */
import platform from "./platform.ts";

export const applications = [platform];
