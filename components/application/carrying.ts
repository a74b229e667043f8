import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { Loading } from "./loading.ts";
import type { PlanContext, StayingFolder } from "./model.ts";
import type { Project } from "./project.ts";

/** What each step works on that takes files along. */
export interface Carrying {
  problems: Problems;
  spec: ApplicationSpec;
  context: PlanContext;
  /** What variables stand for, without those that are secret. */
  variables: Record<string, string>;
  /** Paths of the project that some service may write to. */
  written: string[];
  project: Project;
  loading: Loading;
  /** Folders with files of which none goes along, by their paths in the project. */
  staying: Map<string, StayingFolder>;
  directory: string;
  /** What the files lie beside, for messages. */
  beside: string;
}

export const leadsOut = ({ beside }: Carrying): string =>
  `lies outside of the folder of ${beside}, and only what is within goes with a release; move it there, or name its full path on the host`;
