/** Schemas that are used once or twice in a run: compiling each first, as zod does, takes longer than all that they check. */
import { z } from "zod";

z.config({ jitless: true });

export { z };
