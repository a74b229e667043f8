/** Problems with what jobs log in to, and with where they run. */
import { deployBranches, mainBranches, releasedBranches } from "./branches.ts";
import { STATE_STORAGES } from "./credentials.ts";
import type { Report } from "./report.ts";
import type { WorkflowsSpec } from "./spec.ts";

export function checkAccess(spec: WorkflowsSpec, report: Report): void {
  const { app, build, deploy, oidc, release, state } = spec;
  if (state !== undefined && !STATE_STORAGES.includes(state))
    report("state", state, `is not where a state can be; write one of ${STATE_STORAGES.join(", ")}`);
  if (oidc && state === undefined && deploy?.network !== "tailscale")
    report("oidc", true, `logs in nowhere; name the state's place in \`state\` (${STATE_STORAGES.join(", ")})`);
  if (app && !/^[a-z0-9][a-z0-9-]*$/.test(app.slug))
    report("app.slug", app.slug, 'is not the name of an app as in its address; write one like "acme-releases"');
  if (app && !/^[A-Za-z0-9.]+$/.test(app.clientId))
    report("app.clientId", app.clientId, "is not a client id; copy it from the app's page");
  if (app && !release && deploy?.repository === undefined)
    report(
      "app",
      app.slug,
      "has nothing to do: it releases (`release`) and starts deployments elsewhere (`deploy.repository`)",
    );
  const released = releasedBranches(spec);
  if (typeof release === "object" && release.automatic && !released.includes("main"))
    report("release.branches", released, "leave out main, whose pushes are released automatically; add it");
  const open = app && release ? released.filter((branch) => branch.includes("*")) : [];
  if (open.length > 0)
    report(
      "release.branches",
      open,
      "are branches that whoever may write may create, and on them the app's key would be theirs; name branches that are protected",
    );
  const built = deploy ? deployBranches(deploy, spec) : mainBranches(spec);
  const unbuilt = build?.once ? (release ? released : ["main"]).filter((branch) => !built.includes(branch)) : [];
  if (unbuilt.length > 0)
    report(
      "build.once",
      true,
      `needs an image of each commit that is released, and nothing builds those of ${unbuilt.join(" and ")}; deploy an environment from there, or leave it out`,
    );
}
