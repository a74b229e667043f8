/** `slipway deploy`: a version into the settings, its plan, a question, the update, and a commit of what holds. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { confirmed } from "./ask.ts";
import { type Begun, begin, beginning, type DeployOptions } from "./begun.ts";
import { Interrupts } from "./interrupts.ts";
import { preview } from "./preview.ts";
import { isEmpty, refusalsIn, type Why, whyOf } from "./pulumi.ts";
import { lookAt } from "./sight.ts";
import { type Outcome, rendered, wayOut } from "./told.ts";
import { update } from "./update.ts";

/** @returns the exit code @throws Error for words that cannot be followed; nothing is touched then */
export async function deploy(named: string | undefined, options: DeployOptions): Promise<number> {
  const ask = confirmed(options.yes ?? false);
  const begun = await begin(named, options);
  const interrupts = new Interrupts();
  try {
    const told = await run(begun, ask, interrupts);
    process.stdout.write(rendered(begun.wanted, told));
    return told.code;
  } finally {
    interrupts.close();
  }
}

async function run(begun: Begun, ask: ReturnType<typeof confirmed>, interrupts: Interrupts): Promise<Outcome> {
  const { wanted, sight } = begun;
  process.stdout.write(`${beginning(begun)}\n\n`);
  const planned = await preview(begun, interrupts);
  const stopped = { sight, settings: settingsNow(begun) };
  if (interrupts.count > 0)
    return { ...stopped, code: 130, what: "interrupted before anything was changed", reasons: [], next: [] };
  if (planned.code !== 0) return refused(begun, whyOf(planned.said));
  const held = refusalsIn(planned.said);
  if (held.length > 0) return refused(begun, { reasons: held, isLocked: false, isDowngrade: false });
  if (!isEmpty(planned.said) || begun.next !== begun.text) {
    const answer = await ask(`Deploy ${wanted.application} ${wanted.version ?? "as it runs"} to ${wanted.env}?`);
    if (answer !== "yes") return declined(begun, answer);
  }
  return update(begun, interrupts);
}

/** Settings and hosts are read again before it is said that nothing was changed. */
async function declined(begun: Begun, answer: "no" | "cancelled"): Promise<Outcome> {
  const sight = await lookAt(begun.stack, begun.wanted.application);
  const isSame = isDeepStrictEqual(sight, begun.sight) && readFileSync(begun.wanted.file, "utf8") === begun.text;
  return {
    code: answer === "no" ? 2 : 130,
    what: isSame ? "nothing was changed" : "not deployed; somebody else has changed something meanwhile",
    sight,
    reasons: [],
    settings: settingsNow(begun),
    next: [],
  };
}

/** Read again, as it may have changed while the plan was made. */
const settingsNow = ({ wanted: { file }, text }: Begun): string =>
  readFileSync(file, "utf8") === text ? `${file} is as it was` : `${file} was changed meanwhile`;

function refused(begun: Begun, why: Why): Outcome {
  const { wanted, sight } = begun;
  return {
    code: 2,
    what: "refused before anything was changed",
    sight,
    reasons: why.reasons,
    settings: settingsNow(begun),
    next: wayOut(wanted, why),
  };
}
