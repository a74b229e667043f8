/** Every repository of this program. */
import myfoodbudget from "./myfoodbudget.ts";

export const repositories = [myfoodbudget];
