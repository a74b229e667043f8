/** Every application of this program. */
import womsoft from "./womsoft.ts";

export const applications = [womsoft];
