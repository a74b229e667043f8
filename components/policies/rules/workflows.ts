/** What a workflow that the program keeps in a repository gives away. */
import { type RepositoryReview, SELF_HOSTED, type WorkflowReview } from "../gitHubFacts.ts";
import type { Offence, WholeRule } from "../rule.ts";

interface WorkflowRule extends WholeRule<"repository"> {
  subject: "repository";
}

/** Judges each workflow by itself. */
type Judgement = (workflow: WorkflowReview, review: RepositoryReview, path: string) => string[];

const rule = (about: Omit<WorkflowRule, "subject" | "whole">, judgement: Judgement): WorkflowRule => ({
  ...about,
  subject: "repository",
  *whole({ review }): Iterable<Offence> {
    for (const [file, workflow] of Object.entries(review.workflows))
      for (const what of judgement(workflow, review, file)) yield { file, what };
  },
});

const entries = (record: Record<string, string> | undefined): [string, string][] => Object.entries(record ?? {});

/** Events of a workflow, and of those of the repository that call it. */
function startedBy({ workflows }: RepositoryReview, path: string, seen: readonly string[] = []): string[] {
  const callers = Object.entries(workflows).filter(
    ([from, { calls }]) => ![...seen, path].includes(from) && Object.values(calls ?? {}).includes(path),
  );
  return [
    ...(workflows[path]?.on ?? "").split(" "),
    ...callers.flatMap(([from]) => startedBy({ workflows } as RepositoryReview, from, [...seen, path])),
  ];
}

/** With the repository's own rights and secrets, and by anybody. */
const TRUSTING = ["pull_request_target", "workflow_run", "issue_comment"];
/** By anybody, with their own workflow or with the repository's. */
const BY_STRANGERS = [...TRUSTING, "pull_request", "pull_request_review", "pull_request_review_comment", "issues"];

const common = (events: string[], among: readonly string[]): string[] => [
  ...new Set(events.filter((event) => among.includes(event))),
];

const unreadable = rule(
  {
    id: "workflow-unreadable",
    severity: "high",
    title: "A workflow can be read",
    reason: "GitHub does not run it, and no rule can judge it.",
    remedy: "mend the file in files.content",
    known: [],
  },
  ({ unreadable: why }) => (why === undefined ? [] : [why]),
);

/** Nobody's word is a write-all where the repository's own setting is not known to be read. */
const writeAll = rule(
  {
    id: "workflow-write-all",
    severity: "high",
    title: "No job has a token that may do everything",
    reason:
      "Any action and any script of the job can then push to the repository, publish releases and packages, and approve pull requests.",
    remedy: "write permissions: {} above the jobs, and in each job the few that it needs",
    known: ["zizmor excessive-permissions", "Scorecard Token-Permissions", "CKV2_GHA_1"],
  },
  ({ permissions }, { token }) =>
    entries(permissions).flatMap(([job, said]) =>
      said === "write-all"
        ? [`${job} has permissions: write-all`]
        : token === "read"
          ? []
          : [
              `${job} has no permissions of its own, and the repository's default ${token === "write" ? "is to write everything" : "is not declared"}`,
            ],
    ),
);

const defaults = rule(
  {
    id: "workflow-permissions-missing",
    severity: "medium",
    title: "Every job says what its token may do",
    reason:
      "Without permissions it has what the repository gives: as declared, reading contents and packages. A setting that somebody changes, or an organisation's, makes it more.",
    remedy: "write permissions: {} above the jobs, and in each job the few that it needs",
    known: ["zizmor excessive-permissions", "Scorecard Token-Permissions"],
  },
  ({ permissions }, { token }) =>
    token !== "read"
      ? []
      : entries(permissions).flatMap(([job, said]) => (said === "default" ? [`${job} does not say its own`] : [])),
);

const unpinned = rule(
  {
    id: "workflow-unpinned-action",
    severity: "high",
    title: "Actions and workflows of others are named by a full commit",
    reason:
      "A tag or a branch can be moved to other code, which then runs with the job's secrets; GitHub refuses such a job where the declaration leaves actions.pinned on.",
    remedy:
      "write the commit's 40 digits after the @, and the version as a comment; slipway pins and Dependabot raise it",
    known: ["zizmor unpinned-uses", "Scorecard Pinned-Dependencies"],
  },
  ({ unpinned: found }) => entries(found).map(([step, uses]) => `${step} uses ${uses}`),
);

const images = rule(
  {
    id: "workflow-unpinned-image",
    severity: "medium",
    title: "Containers of a job are named by a digest",
    reason: "A tag can be moved to another image, which then runs beside the job's code; nobody sees it in a review.",
    remedy: "write the digest behind it, like postgres:17@sha256:…; Renovate raises it",
    known: ["zizmor unpinned-images", "Scorecard Pinned-Dependencies"],
  },
  ({ images: found }) => entries(found).map(([place, image]) => `${place} is ${image}`),
);

const dangerous = rule(
  {
    id: "workflow-untrusted-checkout",
    severity: "critical",
    title: "Nothing that a stranger proposes runs with the repository's secrets",
    reason:
      "These events run with a token that may write and with the repository's secrets, also for a fork's pull request; its code in the same job can take both. Looked for are actions/checkout, git and gh; code that comes by another action, by a download or through an expression in a script is not found.",
    remedy:
      "let pull_request run it, which has neither; or leave the ref out, and work on the pull request without its code",
    known: ["zizmor dangerous-triggers", "Scorecard Dangerous-Workflow"],
  },
  ({ checkouts }, review, path) => {
    const events = common(startedBy(review, path), TRUSTING);
    return events.length === 0
      ? []
      : entries(checkouts).map(
          ([step, what]) => `${step}, which ${events.join(" and ")} may start, checks out ${what}`,
        );
  },
);

const strangers = rule(
  {
    id: "workflow-self-hosted-pull-request",
    severity: "high",
    title: "A public repository's pull requests do not run on machines of one's own",
    reason: "Anybody can open one, and what it runs stays on the machine: in its files, its network, its next jobs.",
    remedy: "let GitHub's runners do it, and keep your own for jobs that pushes alone start",
    known: ["zizmor self-hosted-runner"],
  },
  ({ runners }, review, path) => {
    const events = common(startedBy(review, path), BY_STRANGERS);
    return review.visibility !== "public" || events.length === 0
      ? []
      : entries(runners)
          .filter(([, runner]) => runner === SELF_HOSTED)
          .map(([job]) => `${job}, which ${events.join(" and ")} may start, runs on a machine of your own`);
  },
);

const machines = rule(
  {
    id: "workflow-self-hosted",
    severity: "medium",
    title: "A public repository has no machines of one's own",
    reason:
      "A fork's pull request can change any workflow to run there, once a maintainer has approved its first run; GitHub advises against it.",
    remedy:
      "let GitHub's runners do it, or keep the machines in a group for this workflow on protected branches alone, one job each",
    known: ["zizmor self-hosted-runner"],
  },
  ({ runners }, review, path) => {
    const byStrangers = common(startedBy(review, path), BY_STRANGERS).length > 0;
    return review.visibility !== "public"
      ? []
      : entries(runners).flatMap(([job, runner]) => {
          if (runner === SELF_HOSTED) return byStrangers ? [] : [`${job} runs on a machine of your own`];
          return [`${job} runs on ${runner}, which may be a machine of your own`];
        });
  },
);

export const WORKFLOW_RULES = [unreadable, dangerous, writeAll, defaults, unpinned, images, strangers, machines];
