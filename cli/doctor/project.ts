/** The project in this folder: settings, stack and state. */
import { checkedSettings } from "../check/checkedSettings.ts";
import { readProject, readStack, type StackSettings, stacksOf } from "../check/stackSettings.ts";
import { age } from "../hosts/table.ts";
import { selectedStack } from "../import/pulumi.ts";
import { type Check, parted, unless } from "./checks.ts";
import { readStateLocks, type StateLock } from "./lock.ts";
import { answerOf, lastWords } from "./program.ts";
import type { Found } from "./report.ts";

export interface ProjectSeen {
  /** The stack that is meant; undefined where none could be chosen, and `unread` says why. */
  stack?: string | undefined;
  /** Why project or stack could not be read. */
  unread?: string;
  /** Problems of the settings, a line each. */
  settings?: string[];
  /** Names of stacks that the backend has, and those of which an update is going on; or why it does not say. */
  backend?: { stacks: string[]; updating: string[] } | { problem: string };
  /** Undefined where they cannot be read. */
  locks?: StateLock[] | undefined;
  /** Why encrypted settings cannot be read; "" where they can, undefined where there are none. */
  secrets?: string | undefined;
  now: number;
}

/** An update that is going on is nothing wrong for that long. */
const LONG_S = 3600;

export const projectChecks: Check<ProjectSeen>[] = [
  {
    name: "project",
    asks: "this folder has a project, and the stack a file",
    look: ({ unread }) => (unread === undefined ? [] : [parted(unread, "correct it")]),
  },
  {
    name: "settings",
    asks: "the stack's settings are right",
    look: ({ settings, stack }) =>
      settings?.map((problem) => {
        const { what, mend } = parted(problem, "correct it");
        return { what, mend: `${mend}; slipway check --stack ${stack} names the line` };
      }),
  },
  {
    name: "state",
    asks: "the backend of the state answers",
    look: ({ backend }) => {
      if (backend === undefined || !("problem" in backend)) return backend && [];
      const [, folder] = /file:\/\/([^? ]+)\S*: .*no such file or directory/.exec(backend.problem) ?? [];
      return unless(
        false,
        `the state cannot be asked for: ${backend.problem}`,
        folder === undefined
          ? "correct backend.url in Pulumi.yaml, or log in there: pulumi login"
          : `mkdir -p ${folder}, if the state is not elsewhere (backend.url in Pulumi.yaml)`,
      );
    },
  },
  {
    name: "stack",
    asks: "the stack exists there",
    look: ({ backend, stack }) =>
      backend === undefined || "problem" in backend || stack === undefined
        ? undefined
        : unless(backend.stacks.includes(stack), `the state has no stack ${stack} yet`, `pulumi stack init ${stack}`),
  },
  {
    name: "secrets",
    asks: "encrypted settings can be read, by PULUMI_CONFIG_PASSPHRASE or the stack's key",
    look: ({ secrets }) =>
      secrets === undefined
        ? undefined
        : unless(secrets === "", secrets, "export PULUMI_CONFIG_PASSPHRASE=… (or PULUMI_CONFIG_PASSPHRASE_FILE)"),
  },
  {
    name: "lock",
    asks: "no `pulumi` that was killed, or hangs, has the state's lock (of a file backend; Pulumi Cloud says that an update goes on)",
    look: ({ locks, backend, stack, now }) => {
      if (stack === undefined) return undefined;
      const cancel = `pulumi cancel --yes --stack ${stack}`;
      if (locks !== undefined) return locks.flatMap((lock) => lockFound(lock, cancel, now));
      if (backend === undefined || "problem" in backend || backend.updating.length === 0) return undefined;
      return unless(
        !backend.updating.includes(stack),
        "an update is going on",
        `wait for it; if there is none any more, ${cancel}`,
      );
    },
  },
];

function lockFound({ by, since, isAlive }: StateLock, cancel: string, now: number): Found[] {
  const seconds = (now - Date.parse(since)) / 1000;
  const held = `the state is locked by ${by}${Number.isNaN(seconds) ? "" : ` for ${age(seconds)}`}`;
  if (isAlive === false) return [{ what: `${held}, whose pulumi runs no more`, mend: cancel }];
  if (seconds <= LONG_S) return [];
  return [{ what: held, mend: `wait for it, or end it; if there is none any more, ${cancel}` }];
}

export async function seeProject(named: string | undefined): Promise<ProjectSeen> {
  const now = Date.now();
  let stack: string | undefined;
  let read: StackSettings;
  let project: string;
  try {
    const found = readProject();
    project = found.name;
    const [only, ...others] = stacksOf(found);
    stack = named ?? (only !== undefined && others.length === 0 ? only : selectedStack("."));
    read = readStack(found, stack);
    stack = read.stack;
  } catch (error) {
    return { stack, unread: (error as Error).message, now };
  }
  const [backend, secrets] = await Promise.all([askBackend(), askSecrets(read)]);
  return {
    stack,
    settings: [...read.problems, ...checkedSettings(read).problems],
    backend,
    locks: readStateLocks({ project, stack }, "."),
    secrets,
    now,
  };
}

async function askBackend(): Promise<ProjectSeen["backend"]> {
  const answer = await answerOf("pulumi", "stack", "ls", "--json", "--non-interactive", "--color", "never");
  if (answer === undefined) return undefined;
  try {
    if (answer.code !== 0) return { problem: lastWords(answer) };
    const all = JSON.parse(answer.output) as { name: string; updateInProgress?: boolean }[];
    const short = (name: string): string => name.split("/").at(-1)!;
    return {
      stacks: all.map(({ name }) => short(name)),
      updating: all.flatMap(({ name, updateInProgress }) => (updateInProgress ? [short(name)] : [])),
    };
  } catch {
    return { problem: "pulumi stack ls prints no JSON" };
  }
}

/** What it prints has the values: nothing of it is kept. */
async function askSecrets({ stack, encrypted, problems }: StackSettings): Promise<string | undefined> {
  if (encrypted.length === 0 && !problems.some((problem) => problem.includes("is encrypted"))) return undefined;
  const words = ["config", "--show-secrets", "--json", "--stack", stack, "--non-interactive", "--color", "never"];
  const answer = await answerOf("pulumi", ...words);
  if (answer === undefined) return undefined;
  return answer.code === 0
    ? ""
    : `the encrypted settings of ${stack} cannot be read: ${lastWords({ ...answer, output: "" })}`;
}
