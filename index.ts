/** Reads the environment's settings and deploys the applications of `apps/` that they name. */
import { deploy } from "./components/index.ts";
import { applications } from "./apps/index.ts";

const environment = await deploy(applications);

/** What runs where: version and release of each application. */
export const deployed = Object.fromEntries(Object.entries(environment.applications).map(([name, application]) =>
  [name, { version: application.version, release: application.release }]));
