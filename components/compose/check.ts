import { fromIssues, type Problem } from "../shared/issues.ts";
import { shown } from "../shared/text.ts";
import { type ComposeDocument, composeSchema } from "./schema.ts";

/** Whether something has the shape of a Compose document. Nothing of it is changed, not even the order of its keys. */
export const isComposeDocument = (value: unknown): value is ComposeDocument => composeSchema.safeParse(value).success;

/** What Compose would refuse of its shape, by place. */
export const composeProblems = (value: unknown): Problem[] =>
  fromIssues(composeSchema.safeParse(value).error?.issues ?? [], value, { display, wrongType });

/** Where passwords are often written. */
const PRIVATE: PropertyKey[] = [
  "environment",
  "secrets",
  "configs",
  "args",
  "driver_opts",
  "command",
  "entrypoint",
  "labels",
];

const display = (path: readonly PropertyKey[], value: unknown): string =>
  path.some((key) => PRIVATE.includes(key)) && typeof value !== "object" ? "(a hidden value)" : shown(value);

/** In a Compose file, a service without anything is `{}`, as where a map is written beside others. */
const wrongType = (path: readonly PropertyKey[], value: unknown): string | undefined =>
  value === null && path.length === 2 && path[0] === "services"
    ? 'is empty; give it an image, like { image: "ghcr.io/anna/web:1" }, or take it out'
    : undefined;
