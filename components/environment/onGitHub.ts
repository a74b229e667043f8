/** GitHub shows the deployments of an application whose repository is declared, whoever makes them. */
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import { placeOf } from "../github/repository/deploymentPlace.ts";
import { gitHubIsOff, tokenOf } from "../github/repository/github.ts";
import type { Shares } from "../github/repository/shares.ts";
import { ToldDeployment } from "../github/repository/tellDeployment.ts";
import { linksOf } from "../host/freshToken.ts";
import type { Settings } from "../settings/types.ts";
import { defined } from "../shared/records.ts";

/**
 * Undefined where nothing is to be told: no repository is declared, GitHub is switched off, or a job of GitHub Actions makes
 * the deployment itself, by its `environment`.
 */
export function onGitHub(
  { stack: { application, version, domains } }: ApplicationPlan,
  shares: Pick<Shares, "plans">,
  settings: Pick<Settings<pulumi.Output<string>>, "github">,
  variables: NodeJS.ProcessEnv = process.env,
): ToldDeployment | undefined {
  const place = placeOf(application, shares);
  if (place === undefined || gitHubIsOff() || variables.GITHUB_ACTIONS === "true") return undefined;
  const domain = domains.find(({ host }) => !host.startsWith("*"));
  const facts = {
    ...place,
    application,
    version,
    ...defined({ url: domain && `${domain.scheme}://${domain.host}`, log: linksOf(variables)[0] }),
  };
  const token = tokenOf(settings.github);
  return new ToldDeployment(facts, {
    warn: (text) => pulumi.log.warn(text),
    token: token && (() => new Promise((resolve) => void token.apply((value) => resolve(value)))),
    ...defined({ baseUrl: settings.github.baseUrl }),
  });
}
