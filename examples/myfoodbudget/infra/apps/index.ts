/** Every application of this program. */
import myfoodbudget from "./myfoodbudget.ts";

export const applications = [myfoodbudget];
