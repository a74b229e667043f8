import { describe, expect, test } from "vitest";
import { answerExceptions } from "../../sandbox/github/exceptions.ts";
import { described, match } from "../../sandbox/github/spec.ts";
import { answerProblem } from "../../sandbox/github/validate.ts";

const { operation } = match("PUT", "/repos/harbour/shop/actions/permissions/workflow")!;
const error = { message: "Conflict", documentation_url: "https://docs.github.com/rest", status: "409" };

describe("an error of the server's own", () => {
  test("has a message and says where to read on", () => {
    expect(answerProblem(operation, 409, error)).toBeUndefined();
    for (const body of [
      undefined,
      {},
      { message: "Conflict" },
      { ...error, errors: [{ field: "name" }] },
      { ...error, errors: "all of it" },
    ]) {
      expect(answerProblem(operation, 409, body)).toBe(
        "the error of status 409 has no form that the description knows",
      );
    }
  });
  test("has a status that the description has for the call, unless any call may have it", () => {
    for (const status of [401, 403, 404]) expect(answerProblem(operation, status, error)).toBeUndefined();
    for (const status of [405, 410, 422, 500])
      expect(answerProblem(operation, status, error)).toBe(`the description has no answer ${status}`);
    expect(
      answerProblem(operation, 422, { ...error, message: 'Invalid request.\n\n"x" is not a permitted key.' }),
    ).toBeUndefined();
  });
  test("may have another one where GitHub is known to, as long as the description does not", () => {
    const secret = match("PUT", "/repos/harbour/shop/actions/secrets/TOKEN")!.operation;
    expect(answerProblem(secret, 422, error)).toBeUndefined();
    for (const [id, { statuses, reason }] of Object.entries(answerExceptions)) {
      const responses = described(id);
      expect(responses, id).toBeDefined();
      expect(
        statuses.filter((status) => responses!.includes(String(status))),
        `${id} needs no exception`,
      ).toEqual([]);
      expect(reason).not.toBe("");
    }
  });
});
