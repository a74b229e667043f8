/** Reads the stack's settings, deploys the applications in `apps/` that they name, and declares `repositories/`. */

import { applications } from "./apps/index.ts";
import { deploy } from "./components/index.ts";
import { repositories } from "./repositories/index.ts";

const environment = await deploy(applications, repositories);

/** What runs: version and release of each application, as its hosts confirmed them. */
export const deployed = Object.fromEntries(
  Object.entries(environment.applications).map(([name, application]) => [name, application.deployed]),
);

/** URLs of the repositories that this stack owns. */

export const declared = Object.fromEntries(
  Object.entries(environment.repositories).flatMap(([name, { repository }]) =>
    repository ? [[name, repository.url]] : [],
  ),
);
