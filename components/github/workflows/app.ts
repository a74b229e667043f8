/** A GitHub App of one's own: what it does carries its name, starts workflows, and may pass where a job's own token may not. */
import type { Permissions, Step } from "./model.ts";
import type { AppSpec } from "./spec.ts";

/** Secret of the environments whose jobs act as the app. */
export const APP_KEY = "APP_PRIVATE_KEY";

/** The environment of `release`, which only branches may use that are released. Nobody else has one of this name. */
export const RELEASE_ENVIRONMENT = "slipway-release";

/** What `appStep` leaves to the steps after it. */
export const APP_TOKEN = "${{ steps.app.outputs.token }}";

/**
 * Gets a token that expires within the hour, and with the job.
 * @param repository which it is for: `anna/infra`; this one, if left out
 */
export function appStep({ clientId }: AppSpec, permissions: Permissions, repository?: string): Step {
  const [owner, name] = repository?.split("/") ?? [];
  return {
    name: "Token of the app",
    id: "app",
    uses: "actions/create-github-app-token",
    with: {
      "client-id": clientId,
      "private-key": `\${{ secrets.${APP_KEY} }}`,
      ...(owner && name ? { owner, repositories: name } : {}),
      ...Object.fromEntries(Object.entries(permissions).map(([scope, access]) => [`permission-${scope}`, access])),
    },
  };
}
