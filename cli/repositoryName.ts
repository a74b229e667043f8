/** The name of a repository on GitHub, as a command is given it. */
import { OWNER } from "../components/github/repository/names.ts";
import { REPOSITORY } from "../components/shared/names.ts";

/** @throws Error if it is not `owner/name` */
export function checkFullName(fullName: string): void {
  const [owner = "", name = "", ...more] = fullName.split("/");
  if (!OWNER.test(owner) || !REPOSITORY.test(name) || more.length > 0)
    throw new Error(`"${fullName}" is not a GitHub repository; write it like --repository anna/shop`);
}
