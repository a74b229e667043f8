/** Reports every problem in a declaration of workflows at once. */
import { windowProblems } from "../../shared/window.ts";
import { PINS } from "./actions.ts";
import { TARGETS, targetsOf } from "./branches.ts";
import { CHANGES, pathsOf } from "./changes.ts";
import { checkAccess } from "./checkAccess.ts";
import { applicationsOf, isShared } from "./elsewhere.ts";
import { registryOf } from "./images.ts";
import { isPack } from "./policies.ts";
import type { Report } from "./report.ts";
import { BUILD_MODES } from "./security.ts";
import type { CiSpec, DeploySpec, ImageSpec, WorkflowsSpec } from "./spec.ts";

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const REPOSITORY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/;
/** A folder or file in the repository: no path outside it, nothing that a shell would interpret. */
const PATH = /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/;
/** The same, with `*` for what differs. */
const FILES = /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./*-]+$/;
const BRANCH = /^(?!.*\.\.)[\w][\w./-]*\*{0,2}$/;

export function checkWorkflows(spec: WorkflowsSpec, report: Report): void {
  checkPaths(spec, report);
  checkAccess(spec, report);
  checkCi(spec, report);
  checkImages(spec.build?.images, report);
  checkSecurity(spec, report);
  checkDeploy(spec, report);
  for (const [name, pin] of Object.entries(spec.actions ?? {})) {
    if (!Object.hasOwn(PINS, name))
      report(
        `actions.${name}`,
        name,
        `is not an action that the workflows use; they use ${Object.keys(PINS).join(", ")}`,
      );
    if (!/^[0-9a-f]{40}$/.test(pin.commit))
      report(`actions.${name}.commit`, pin.commit, "is not a full commit; write its 40 hexadecimal digits");
  }
  if (spec.preview && spec.preview.environments.length === 0)
    report("preview.environments", [], "is empty; name an environment whose changes pull requests should show");
  checkRelease(spec, report);
  for (const pack of (spec.policyPacks || []).filter((path) => !isPack(path)))
    report("policyPacks", pack, 'is not a folder in the program\'s; write one like "policies-of-ours"');
  if (spec.rollback && !spec.deploy) report("rollback", true, "needs `deploy`, which says what runs where");
}

function checkRelease({ release }: WorkflowsSpec, report: Report): void {
  const { package: offered, branches } = typeof release === "object" ? release : {};
  if (offered && !FILES.test(offered.files))
    report("release.package.files", offered.files, 'is not a file inside the repository; write one like "*.tgz"');
  // Without any, every branch would do.
  if (branches?.length === 0)
    report("release.branches", [], "is empty; name the branches that are released, or leave it out");
  for (const branch of branches ?? [])
    if (!BRANCH.test(branch))
      report("release.branches", branch, 'is not a branch; write one like "main" or "release/*"');
}

function checkPaths({ ci, build, deploy, preview, frontend }: WorkflowsSpec, report: Report): void {
  const paths: [string, string | undefined][] = [
    ["ci.python.directory", ci?.python?.directory],
    ["ci.node.directory", ci?.node?.directory],
    ["ci.go.directory", ci?.go?.directory],
    ...(ci?.python?.requirements ?? []).map((file): [string, string] => ["ci.python.requirements", file]),
    ["ci.integration.compose", ci?.integration?.compose],
    ...(build?.images ?? []).flatMap(({ name, context, dockerfile }): [string, string | undefined][] => [
      [`build.images.${name}.context`, context],
      [`build.images.${name}.dockerfile`, dockerfile],
    ]),
    ["deploy.program", deploy?.program],
    ["preview.program", preview?.program],
    ["frontend.directory", frontend?.directory],
    ["frontend.output", frontend?.output],
  ];
  for (const [path, value] of paths) {
    if (value !== undefined && !PATH.test(value))
      report(path, value, 'is not a path inside the repository; write one like "backend"');
  }
}

function checkCi({ ci, build }: WorkflowsSpec, report: Report): void {
  if (!ci) return;
  for (const language of ["python", "node", "go"] as const) {
    const versions = ci[language]?.versions;
    if (versions?.length === 0)
      report(`ci.${language}.versions`, versions, 'is empty; list at least one version, like ["3.12"]');
  }
  const coverage = ci.python?.coverage;
  if (coverage !== undefined && !(coverage >= 0 && coverage <= 100))
    report("ci.python.coverage", coverage, "is not a percentage; write a number from 0 to 100");
  const taken = jobsBesideCommands(ci, build !== undefined);
  for (const name of Object.keys(ci.commands ?? {})) {
    if (!NAME.test(name))
      report(`ci.commands.${name}`, name, 'is not a job name; use lower-case letters, digits and "-"');
    if (taken.includes(name))
      report(`ci.commands.${name}`, name, "is the name of another job of the workflow; choose another name");
  }
  for (const [name, paths] of Object.entries(pathsOf(ci))) {
    if (paths.length === 0) report(`ci.${name}.paths`, [], "is empty; list files, or leave it out");
    for (const path of paths.filter((one) => !FILES.test(one)))
      report(`ci.${name}.paths`, path, 'is not a pattern of files inside the repository; write one like "backend/**"');
  }
  const firstCheck =
    ci.python ??
    ci.node ??
    ci.go ??
    ci.integration ??
    (Object.keys(ci.commands ?? {}).length > 0 || (build && ci.images !== false) || undefined);
  if (firstCheck === undefined)
    report("ci", ci, "checks nothing; add python, node, go, integration or commands, or leave it out");
}

/** Names that no command may have: of jobs, and of what paths are declared for. */
const jobsBesideCommands = (ci: CiSpec, builds: boolean): string[] => [
  "quality-gate",
  ...(Object.keys(pathsOf(ci)).length > 0 ? [CHANGES] : []),
  ...(ci.python ? ["python", "python-lint", "python-test"] : []),
  ...(["node", "go", "integration"] as const).filter((name) => ci[name] !== undefined),
  ...(builds && ci.images !== false ? ["images"] : []),
];

function checkImages(images: ImageSpec[] | undefined, report: Report): void {
  if (!images) return;
  if (images.length === 0) report("build.images", images, "is empty; name an image, or leave build out");
  images.forEach(({ name, image }, index) => {
    if (!NAME.test(name)) report(`build.images.${name}`, name, 'is not a name; use lower-case letters, digits and "-"');
    if (images.findIndex((other) => other.name === name) !== index)
      report(`build.images.${name}`, name, "is listed twice; give each build its own name");
    if (registryOf({ image }) !== registryOf(images[0]!))
      report(
        `build.images.${name}.image`,
        image,
        `is not at ${registryOf(images[0]!)} like the others; a build pushes to one registry`,
      );
    if (!REPOSITORY.test(image))
      report(
        `build.images.${name}.image`,
        image,
        'is not a repository; write it like "ghcr.io/anna/shop", without a tag',
      );
  });
}

function checkSecurity({ security }: WorkflowsSpec, report: Report): void {
  const { codeql = [], upload } = typeof security === "object" ? security : {};
  for (const language of codeql) {
    if (!Object.hasOwn(BUILD_MODES, language))
      report(
        "security.codeql",
        language,
        `is not a language that CodeQL can analyse; write one of ${Object.keys(BUILD_MODES).join(", ")}`,
      );
  }
  if (upload === false && codeql.length > 0)
    report(
      "security.codeql",
      codeql,
      "has nowhere to put its results, because `upload` is false; leave out one of the two",
    );
}

function checkDeploy(spec: WorkflowsSpec, report: Report): void {
  const { deploy, build } = spec;
  if (!deploy) return;
  const targets = targetsOf(deploy, spec);
  const names = Object.keys(targets);
  if (names.length === 0)
    report(
      "deploy.environments",
      {},
      `is empty; list environments, or leave it out for ${Object.keys(TARGETS[spec.branches ?? "trunk"]).join(", ")}`,
    );
  if (deploy.image !== undefined && !build?.images.some(({ name }) => name === deploy.image))
    report(
      "deploy.image",
      deploy.image,
      `is not among build.images (${build?.images.map(({ name }) => name).join(", ") || "none"})`,
    );
  for (const name of applicationsOf(deploy))
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) report("deploy.application", name, "is not a name in slipway:applications");
  checkPlace(spec, deploy, report);
  names.forEach((name, index) => {
    const { on, after, window } = targets[name]!;
    const place = `deploy.environments.${name}`;
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name))
      report(place, name, 'is not an environment name; use letters, digits, "-" and "_"');
    if (on !== "tag" && !BRANCH.test(on))
      report(`${place}.on`, on, 'is neither a branch nor "tag"; write "main", "release/*" or "tag"');
    if (after !== undefined && !names.slice(0, index).includes(after))
      report(
        `${place}.after`,
        after,
        `is not an environment listed before it (${names.slice(0, index).join(", ") || "there is none"})`,
      );
    for (const { key, value, remedy } of window ? windowProblems(window) : [])
      report(`${place}.window.${key}`, value, remedy);
  });
}

/** What a repository may have beside a program of several applications, and one whose program is elsewhere. */
function checkPlace(spec: WorkflowsSpec, deploy: DeploySpec, report: Report): void {
  const { application, repository } = deploy;
  if (isShared(deploy)) {
    if (applicationsOf(deploy).length === 0) report("deploy.application", application, "is empty; name an application");
    if (repository !== undefined)
      report("deploy.repository", repository, "has the program, so its own declaration lists the applications");
    for (const key of ["build", "release"] as const)
      if (spec[key])
        report(key, spec[key], "is of one application; declare it in that one's repository, with deploy.repository");
  } else if (repository !== undefined) {
    if (!/^[A-Za-z0-9-]+\/[\w.-]+$/.test(repository))
      report("deploy.repository", repository, 'is not a repository on GitHub; write it like "anna/infra"');
    for (const key of ["preview", "rollback"] as const)
      if (spec[key]) report(key, spec[key], `runs where the program is; declare it for ${repository}`);
    for (const key of ["program", "network"] as const)
      if (deploy[key] !== undefined)
        report(`deploy.${key}`, deploy[key], `is a matter of ${repository}; declare it for that one`);
  }
}
