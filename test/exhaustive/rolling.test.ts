/** Every call of every program of the host's scripts fails, hangs or is the last, and the disk is full from there on. */
import { exhaust } from "./support/suite.ts";

exhaust("rolling");
