/** Every repository of this program. */
import platform from "./platform.ts";

export const repositories = [platform];
