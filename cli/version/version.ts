/** `slipway version`: the next version, written where it lives and tagged. */
import { type Act, apply, refuse } from "./apply.ts";
import { Git } from "./git.ts";
import { plan, readUnits, type Wanted } from "./plan.ts";
import { withUnpushed } from "./push.ts";
import { reportOf, type VersionReport } from "./report.ts";

export interface VersionOptions extends Wanted {
  write?: boolean;
  tag?: boolean;
  push?: boolean;
  sign?: boolean;
}

/** @throws Error with the way out, after which everything is as it was */
export function version(folder: string, { write, tag, push, sign, ...wanted }: VersionOptions): VersionReport {
  const act: Act = { tag: Boolean(tag ?? push ?? sign), write: false, push: Boolean(push), sign: Boolean(sign) };
  act.write = act.tag || Boolean(write);
  const git = new Git(folder);
  const next = plan(git, readUnits(git), wanted);
  const planned = act.push ? next.map((one) => withUnpushed(git, one)) : next;
  if (planned.some(({ version: due }) => due !== undefined)) refuse(git, planned, act);
  const commit = apply(git, planned, act);
  return reportOf(planned, act, commit);
}
