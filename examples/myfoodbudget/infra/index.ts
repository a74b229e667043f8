/** Deploys the applications of apps/ that a stack's settings (Pulumi.<stack>.yaml) name, and declares the repository. */
import { deploy } from "@slipway-sample/slipway";
import { applications } from "./apps/index.ts";
import { repositories } from "./repositories/index.ts";

const environment = await deploy(applications, repositories);

/** What runs: version and release of each application, as its hosts confirmed them. */
export const deployed = Object.fromEntries(
  Object.entries(environment.applications).map(([name, one]) => [name, one.deployed]),
);
