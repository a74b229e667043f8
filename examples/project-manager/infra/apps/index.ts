/** Every application of this program. */
import projectManager from "./project-manager.ts";

export const applications = [projectManager];
