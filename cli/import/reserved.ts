/** Variables that no setting may have, as Slipway or Compose gives them their value. */
import { VARIABLE } from "../../components/shared/names.ts";

/** What Slipway does for an application. */
export interface Provided {
  database?: unknown;
  cache?: unknown;
}

/** Whether only a declaration tells who sets it. */
export const dependsOnDeclaration = (name: string): boolean => name === "DATABASE_URL" || name === "REDIS_URL";

/** Why a name stays out of the settings; undefined for all others. */
export function whyLeftOut(name: string, application: string, { database, cache }: Provided): string | undefined {
  if (name === "VERSION")
    return `Slipway sets it to the version that is deployed, slipway:applications.${application}.version`;
  if (name === "DATABASE_URL" && database !== undefined) return "Slipway sets it itself, as `database` is declared";
  if (name === "REDIS_URL" && cache !== undefined) return "Slipway sets it itself, as `cache` is declared";
  if (name.startsWith("COMPOSE_") && name !== "COMPOSE_PROFILES")
    return "it tells Docker Compose what Slipway decides itself";
  return undefined;
}

/** Why a name cannot be one of a setting. */
export const nameProblem = (name: string): string | undefined =>
  VARIABLE.test(name)
    ? undefined
    : "is not a name that a setting can have; use letters, digits and '_', like \"LOG_LEVEL\"";
