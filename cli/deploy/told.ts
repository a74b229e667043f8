/** What a deployment tells at its beginning and at its end. */
import type { Recorded } from "./git.ts";
import type { Why } from "./pulumi.ts";
import type { Values } from "./settingsFile.ts";
import type { Sight } from "./sight.ts";

export interface Wanted {
  application: string;
  env: string;
  /** The settings, as they are shown. */
  file: string;
  /** Undefined: the one that runs. */
  version?: string | undefined;
}

/** What differs between git, the settings and the hosts, a sentence each. @param committed undefined where git has none */
export function differences(
  { file }: Wanted,
  settings: { values: Values; text: string },
  committed: { values: Values; text: string } | undefined,
  sight: Sight,
): string[] {
  const { version } = settings.values;
  const named = (one: string | undefined): string => one ?? "no version";
  const inGit = committed === undefined || committed.text === settings.text ? [] : [committed.values.version];
  return [
    ...inGit.map((before) =>
      before === version
        ? `${file} has changes that no commit has; they are deployed, too`
        : `${file} says ${named(version)}, and its last commit ${named(before)}`,
    ),
    ...sight.flatMap((one) => {
      if ("problem" in one) return [`${one.host} does not say what it runs: ${one.problem}`];
      const { value, host } = one;
      return [
        ...(version !== undefined && value.version !== undefined && value.version !== version
          ? [`${host} runs ${value.version}, and ${file} says ${version}`]
          : []),
        ...value.differences.map((text) => `${host}: ${text}`),
        ...(value.underway === undefined ? [] : [`${host} is deploying ${value.underway || "it"} now`]),
      ];
    }),
  ];
}

/** What the hosts said serves, hosts that say the same in one sentence. */
export function serving(sight: Sight): string[] {
  const said = sight.map((one): [string, string] => {
    if ("problem" in one) return [`not known (${one.problem})`, one.host];
    const { version, release, differences, underway } = one.value;
    const is = version === undefined ? "nothing serves" : `${version} serves${release ? ` (release ${release})` : ""}`;
    const but = [...differences, ...(underway === undefined ? [] : [`${underway || "another"} is being deployed`])];
    return [`${is}${but.length > 0 ? `, but ${but.join("; ")}` : ""}`, one.host];
  });
  return [...Map.groupBy(said, ([text]) => text)].map(
    ([text, hosts]) => `${hosts.map(([, host]) => host).join(", ")}: ${text}`,
  );
}

/** Whether a version is what hosts confirmed: all, some, none of them, or nobody knows. */
export function holds(sight: Sight, version: string | undefined): "all" | "some" | "none" | "unknown" {
  const have = sight.map((one) => ("value" in one ? one.value.version === version : undefined));
  if (have.includes(true)) return have.every((one) => one === true) ? "all" : "some";
  return have.includes(undefined) || have.length === 0 ? "unknown" : "none";
}

export interface Outcome {
  code: 0 | 1 | 2 | 130;
  /** "deployed", "refused: nothing was changed", … */
  what: string;
  sight: Sight;
  reasons: string[];
  /** What became of the settings file. */
  settings: string;
  next: string[];
}

/** The last lines: application, hosts and what serves there, why, what next. */
export function rendered(
  { application, env, version }: Wanted,
  { what, sight, reasons, settings, next }: Outcome,
): string {
  return [
    "",
    `${application} ${version === undefined ? "" : `${version} `}in ${env}: ${what}`,
    ...serving(sight).map((line) => `  ${line}`),
    ...reasons.map((reason) => `  why: ${reason}`),
    `  settings: ${settings}`,
    ...next.map((line) => `  next: ${line}`),
    "",
  ].join("\n");
}

export const again = ({ application, env, version }: Wanted): string =>
  `slipway deploy ${application} --env ${env}${version === undefined ? "" : ` --version ${version}`}`;

/** The way out of what was refused or failed. */
export function wayOut(wanted: Wanted, { isLocked, isDowngrade }: Why): string[] {
  if (isLocked)
    return [
      `wait for the update that holds the lock; if there is none any more, pulumi cancel --yes --stack ${wanted.env}`,
      again(wanted),
    ];
  if (isDowngrade) return [`to go back on purpose: ${again(wanted)} --allow-downgrade`];
  return [`mend that, then ${again(wanted)}`];
}

export function recordedText(file: string, recorded: Recorded | undefined): string {
  if (recorded === undefined) return `${file} is not committed`;
  if ("problem" in recorded) return `${file} is not committed: ${recorded.problem}`;
  return "commit" in recorded ? `${file} is committed as ${recorded.commit}` : `${file} is as its last commit has it`;
}
