/** Every application of this program. */
import pelico from "./pelico.ts";

export const applications = [pelico];
