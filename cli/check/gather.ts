/** Gathers what is found in all stacks, each with the place where it is declared. */
import { type Levelled, unjudged } from "../../components/policies/judgeAll.ts";
import type { Loaded } from "./declarations.ts";
import { type JudgedStack, judgeStack } from "./judgeStack.ts";
import { type Location, locate, placeIn } from "./locate.ts";
import { REPORT_VERSION, type Report, type ReportedStack, summarise } from "./report.ts";
import type { StackSettings } from "./stackSettings.ts";

export async function reportOf(stacks: StackSettings[], loaded: Loaded): Promise<Report> {
  const judged = await Promise.all(
    stacks.map(async (stack): Promise<ReportedStack> => {
      const of = loaded.problems.length > 0 ? undefined : await judgeStack(stack, loaded);
      return reported(stack, loaded, of);
    }),
  );
  return {
    version: REPORT_VERSION,
    stacks: judged,
    notes: loaded.notes,
    unjudged: unjudged(),
    summary: summarise(judged),
  };
}

/** @param judged absent where the declarations cannot be loaded */
function reported(settings: StackSettings, loaded: Loaded, judged: JudgedStack | undefined): ReportedStack {
  const sources = { texts: loaded.texts, file: settings.file, lineOf: settings.lineOf };
  const at = (place: string): Location => locate(place, sources);
  const { problems = loaded.problems, findings = [], exempted = [], later = [], open = [] } = judged ?? {};
  const shown = <F extends Levelled>(one: F) => (one.level === "disabled" ? [] : [{ ...one, level: one.level }]);
  return {
    stack: settings.stack,
    file: settings.file,
    protected: judged?.protected ?? false,
    problems: problems.map((message) => ({ message, ...(fileIn(message) ?? at(placeIn(message) ?? "")) })),
    findings: findings.flatMap(shown).map((one) => ({ ...one, ...at(one.place) })),
    exempted: exempted
      .flatMap(shown)
      .map(({ exemption: { reason, until }, ...one }) => ({ ...one, ...at(one.place), reason, until })),
    open: [...open.map(parted), ...byPlace(later)],
  };
}

/** Of a file that cannot be read: "apps/index.ts: …", "Pulumi.prod.yaml:8: …". */
function fileIn(message: string): Location | undefined {
  const [, file, line = "1"] = /^([\w./-]+\.(?:ts|yaml)):(?:(\d+):)? /.exec(message) ?? [];
  return file === undefined ? undefined : { file, line: Number(line) };
}

/** "slipway:applications.shop.version: is the one …". */
function parted(line: string): ReportedStack["open"][number] {
  const place = placeIn(line)!;
  return { place, what: line.slice(place.length + 2), rules: [] };
}

/** One entry for each value that is known later, with all rules that ask for it. */
function byPlace(later: JudgedStack["later"]): ReportedStack["open"] {
  const values = Map.groupBy(later, ({ place, path }) => `${place}.${path}`);
  return Array.from(values, ([place, all]) => ({
    place,
    what: "is known when it is deployed; not judged before",
    rules: [...new Set(all.map(({ rule }) => rule))],
  }));
}
