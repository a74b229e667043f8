/** How long ago the secrets of a repository and of its environments were written. GitHub tells names and times, no values. */
import { type Api, environmentPath, inPages } from "./api.ts";
import { reader, type Untold } from "./lists.ts";

/** A secret, as GitHub tells it. */
export interface SecretTime {
  name: string;
  /** Name of the environment on GitHub; absent: the whole repository's. */
  environment?: string;
  /** When its value was written last, in ISO 8601. */
  updatedAt: string;
}

export interface SecretAge {
  name: string;
  /** Like `environment "prod"`. */
  where: string;
  /** Whole days since its value was written. */
  days: number;
  /** Whether it is as old as the rotation asks, or older. */
  isDue: boolean;
}

/**
 * @param fullName like "anna/shop"
 * @param environments their names on GitHub
 * @returns what GitHub tells, and for what it did not tell, why; an environment that is not there has none
 */
export async function secretTimes(
  api: Api,
  fullName: string,
  environments: string[],
): Promise<{ secrets: SecretTime[]; untold: Untold }> {
  const untold: Untold = {};
  const list = reader(api, fullName, untold);
  const ofPlace = async (what: string, path: string, more: Pick<SecretTime, "environment">) => {
    const pages = await list<Record<string, { name: string; updated_at: string }[]>>(
      what,
      `${path}/secrets?per_page=100`,
    );
    return (inPages(pages, "secrets") ?? []).map(
      ({ name, updated_at }): SecretTime => ({ name, updatedAt: updated_at, ...more }),
    );
  };
  const all = await Promise.all([
    ofPlace(placeOf(undefined), "/actions", {}),
    ...environments.map((environment) => ofPlace(placeOf(environment), environmentPath(environment), { environment })),
  ]);
  return { secrets: all.flat(), untold };
}

const placeOf = (environment: string | undefined): string =>
  environment === undefined ? "the repository" : `environment ${JSON.stringify(environment)}`;

const DAY = 24 * 60 * 60 * 1000;

/**
 * The oldest first.
 * @param rotation after how many days a secret is due
 */
export const secretAges = (secrets: SecretTime[], rotation: number, now: Date): SecretAge[] =>
  secrets
    .map(({ name, environment, updatedAt }): SecretAge => {
      const days = Math.max(0, Math.floor((now.getTime() - Date.parse(updatedAt)) / DAY));
      return { name, where: placeOf(environment), days, isDue: days >= rotation };
    })
    .sort((a, b) => b.days - a.days || (a.where + a.name < b.where + b.name ? -1 : 1));
