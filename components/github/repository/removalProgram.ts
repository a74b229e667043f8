/** The program that removes an addition, and what it reads: one request to GitHub. */
import type { Addition } from "./additions.ts";
import { restAddress } from "./api.ts";

/** What runs the program, which comes as its last argument. */
export const INTERPRETER = ["node", "--input-type=module", "-e"];

/** Reads the request from stdin, so that the token is in no argument. What is not there any more (404) is removed. */
export const PROGRAM = `let text = "";
for await (const part of process.stdin) text += part;
const { token, url, method, body } = JSON.parse(text);
const failed = (why) => { process.exitCode = 1; console.error(why); };
await fetch(url, {
  method,
  headers: { authorization: "Bearer " + token, accept: "application/vnd.github+json", "user-agent": "slipway" },
  body: body && JSON.stringify(body),
  redirect: "error",
  signal: AbortSignal.timeout(30000),
}).then(
  async (answer) => {
    if (answer.ok || answer.status === 404) return;
    failed("GitHub answers " + answer.status + " to " + method + " " + url + ": " + (await answer.text()).slice(0, 200));
  },
  (error) => failed("GitHub does not answer to " + method + " " + url + ": " + (error.cause ?? error).message),
);
`;

/** @param fullName like "anna/shop" */
export const removalInput = (
  { baseUrl, token }: { baseUrl: string | undefined; token: string },
  fullName: string,
  { path, body }: Pick<Addition, "path" | "body">,
): string =>
  JSON.stringify({
    url: `${restAddress(baseUrl)}repos/${fullName}${path}`,
    method: body ? "PUT" : "DELETE",
    ...(body && { body }),
    token,
  });
