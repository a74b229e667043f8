/** A table of what goes and what stays. */
import { sizeInWords } from "../../components/shared/size.ts";
import { type Paint, plain, renderTable } from "../hosts/table.ts";
import type { PruneReport } from "./report.ts";

type Pruned = PruneReport["applications"][number];

const KINDS = { release: "release", image: "image", files: "files", secrets: "secrets", run: "run" } as const;
/** @example "3 things, 1.4 GiB" */
export function sum(things: readonly { bytes: number }[]): string {
  const bytes = things.reduce((all, one) => all + one.bytes, 0);
  return `${things.length} ${things.length === 1 ? "thing" : "things"}, ${sizeInWords(bytes)}`;
}

export function renderPrune({ applications, unread }: PruneReport, paint: Paint): string {
  const rows = applications.flatMap((one) => rowsOf(one, paint));
  return [
    ...(rows.length === 0 ? [] : [renderTable([["HOST", "APPLICATION", "", "WHAT", "NAME", "SIZE", "WHY"], ...rows])]),
    ...applications.map(({ host, application, removes, removed }) =>
      removed === undefined
        ? `${application} on ${host}: ${removes.length === 0 ? "there is nothing to remove" : `${sum(removes)} to remove`}\n`
        : `${application} on ${host}: ${sum(removed)} removed${removes.length === 0 ? "" : `; ${sum(removes)} could not be removed`}\n`,
    ),
    ...unread.map(({ host, application, problem }) =>
      paint("red", `${application === undefined ? host : `${application} on ${host}`}: ${plain(problem)}\n`),
    ),
  ].join("");
}

function rowsOf({ host, application, removes, keeps, removed = [] }: Pruned, paint: Paint): string[][] {
  const row = (word: string, kind: string, name: string, bytes: number, why: string): string[] => [
    host,
    application,
    word,
    kind,
    plain(name),
    sizeInWords(bytes),
    plain(why),
  ];
  return [
    ...removed.map(({ kind, name, bytes }) => row(paint("yellow", "removed"), KINDS[kind], name, bytes, "")),
    ...removes.map(({ kind, name, bytes }) => row(paint("yellow", "removes"), KINDS[kind], name, bytes, "")),
    ...keptTogether(keeps).map(({ kind, name, bytes, why }) => row("keeps", kind, name, bytes, why)),
  ];
}

/** What is kept of one kind for one reason is a line: there may be many runs. */
function keptTogether(keeps: Pruned["keeps"]): { kind: string; name: string; bytes: number; why: string }[] {
  return [...Map.groupBy(keeps, ({ kind, why }) => `${kind} ${why}`).values()].map((all) => {
    const [first] = all;
    return {
      kind: KINDS[first!.kind],
      name: all.length === 1 ? first!.name : `${all.length} of them`,
      bytes: all.reduce((bytes, one) => bytes + one.bytes, 0),
      why: first!.why,
    };
  });
}
