import type { Answer } from "../gh.ts";
import type { Scene } from "../scene.ts";

/** Refused for what it would do; not because the call itself had a fault. */
export const refused = ({ status, said }: Answer): boolean =>
  [403, 404, 405, 409, 422].includes(status) && !/Invalid request|is not a fast forward/i.test(said);

/** A row for something that GitHub must not do for a writer. */
export async function expectRefused({ report }: Scene, what: string, asked: Promise<Answer>): Promise<void> {
  const answer = await asked;
  report.compare(what, "a refusal", answer.said, refused(answer));
}
