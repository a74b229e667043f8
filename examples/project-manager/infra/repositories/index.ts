/** Every repository of this program. */
import projectManager from "./project-manager.ts";

export const repositories = [projectManager];
