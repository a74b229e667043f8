/** The report for people, and as annotations of a job in GitHub Actions. */
import type { Report, ReportedFinding, ReportedStack } from "./report.ts";

const WIDTH = "mandatory".length;
const row = (kind: string, text: string): string => `  ${kind.padEnd(WIDTH)}  ${text}`;

const ofFinding = ({ level, place, message, rule }: ReportedFinding): string =>
  row(level, `${place}: ${message} [${rule}]`);

function ofStack(stack: ReportedStack, verbose: boolean): string[] {
  const lines = [
    ...stack.problems.map(({ message }) => row("problem", message)),
    ...stack.findings.map(ofFinding),
    ...(verbose
      ? stack.exempted.map((one) =>
          row("exempted", `${one.place}: ${one.message} [${one.rule}], until ${one.until}: ${one.reason}`),
        )
      : []),
    ...stack.open.map(({ place, what, rules }) =>
      row("open", `${place}: ${what}${rules.length > 0 ? ` [${rules.join(", ")}]` : ""}`),
    ),
  ];
  return [`${stack.stack} (${stack.file})`, ...(lines.length > 0 ? lines : ["  nothing found"]), ""];
}

const counted = (count: number, one: string, many = one): string => `${count} ${count === 1 ? one : many}`;

/** @param verbose also shows what exemptions let through */
export function renderText({ stacks, notes, unjudged, summary }: Report, verbose: boolean): string {
  const { problems, mandatory, advisory, exempted } = summary;
  const counts = [
    ...(problems > 0 ? [counted(problems, "problem", "problems")] : []),
    `${mandatory} mandatory`,
    `${advisory} advisory`,
    `${exempted} exempted`,
  ];
  const lines = [
    ...stacks.flatMap((stack) => ofStack(stack, verbose)),
    ...notes.map((note) => `note: ${note}`),
    ...(unjudged.length > 0
      ? [`not judged here: ${unjudged.map(({ rule, needs }) => `${rule} (${needs})`).join(", ")}`]
      : []),
    `${counts.join(", ")}; nothing was asked of a host or a registry`,
  ];
  return `${lines.join("\n")}\n`;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
const escapedData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapedProperty = (text: string): string => escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

function command(
  kind: "error" | "warning" | "notice",
  { file, line }: { file: string; line: number },
  title: string,
  message: string,
): string {
  const properties = { file, line: String(line), title };
  const words = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`);
  return `::${kind} ${words.join(",")}::${escapedData(message)}`;
}

/** @param fromRoot a file's path as the repository has it */
export function renderAnnotations({ stacks }: Report, fromRoot: (file: string) => string): string {
  const at = ({ file, line }: { file: string; line: number }) => ({ file: fromRoot(file), line });
  const lines = stacks.flatMap(({ stack, problems, findings }) => [
    ...problems.map((one) => command("error", at(one), stack, one.message)),
    ...findings.map((one) => {
      const kind = one.level === "mandatory" ? "error" : one.severity === "low" ? "notice" : "warning";
      return command(kind, at(one), `${stack}: ${one.rule}`, `${one.place}: ${one.message}`);
    }),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
