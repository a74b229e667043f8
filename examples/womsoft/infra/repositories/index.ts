/** Every repository of this program. */
import womsoft from "./womsoft.ts";

export const repositories = [womsoft];
