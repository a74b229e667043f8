/** Every repository of this program. */
import pelico from "./pelico.ts";

export const repositories = [pelico];
