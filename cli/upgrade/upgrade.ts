/** `slipway upgrade`: tells what another version of this package changes, and raises a project's dependency to it. */
import { copyFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import compare from "semver/functions/compare.js";
import satisfies from "semver/functions/satisfies.js";
import { projectFolder } from "../import/stackFile.ts";
import { repositoryOf } from "../init/checkout.ts";
import { BY_HAND, newIn, readChangelog, type Section } from "./changelog.ts";
import { program, readPacked, type Version } from "./packed.ts";
import { type Project, readProject } from "./project.ts";
import { type Source, sourceOf } from "./source.ts";
import { stepBetween } from "./steps.ts";

/**
 * @param from a tarball, a Git URL or a version
 * @param check whether it is only told
 * @returns the exit code: 1 where it is only told and there is something to raise
 * @throws Error if the project cannot be raised to it; nothing is changed then
 */
export function upgrade(from: string, check: boolean): number {
  const project = readProject(projectFolder(process.cwd()));
  const source = sourceOf(from, project.name, project.spec);
  const wanted = readPacked(source.kind === "file" ? source.path : source.spec);
  const news = judge(project, wanted);
  const { version } = project.installed.manifest;
  if (isThere(project, source, wanted, news)) {
    say(`${project.name} ${version} is what the project has already`);
    return 0;
  }
  const isSame = wanted.manifest.version === version;
  say(`${project.name}: ${isSame ? `${version}, another build` : `${version} → ${wanted.manifest.version}`}`);
  for (const section of news) say(...lines(section));
  if (news.length === 0) say("", "The changelog names no change.");
  if (check) return 1;
  const tarball = raise(project, source, wanted);
  say(
    "",
    "package.json and its lock file are raised. To do:",
    ...toDo(project, news, tarball).map((one) => `  ${one}`),
  );
  return 0;
}

const say = (...all: string[]): void => void process.stdout.write(`${all.join("\n")}\n`);

const lines = ({ title, kinds }: Section): string[] => [
  "",
  title,
  ...[...kinds].flatMap(([kind, entries]) => [`  ${kind}`, ...entries.map((entry) => `    - ${entry}`)]),
];

/** @returns what is new in it */
function judge({ name, installed }: Project, { manifest, changelog }: Version): Section[] {
  const { version } = manifest;
  if (manifest.name !== name) throw new Error(`that is ${manifest.name}, and the project's programs import ${name}`);
  const node = manifest.engines?.node;
  if (node !== undefined && !satisfies(process.versions.node, node))
    throw new Error(`${version} needs Node ${node}, and this is ${process.versions.node}; install that first`);
  const order = compare(version, installed.manifest.version);
  if (order < 0)
    throw new Error(
      `${version} is older than ${installed.manifest.version}, and need not understand its hosts and states; where the newer one has deployed nothing, check out package.json and its lock file of before, and run npm ci`,
    );
  const sections = readChangelog(changelog);
  const step = stepBetween(
    installed.manifest.version,
    version,
    sections.flatMap((section) => section.version ?? []),
  );
  if (step !== undefined)
    throw new Error(
      `${version} takes over hosts and states of the version before, and ${installed.manifest.version} is older; upgrade to ${step} first, and run pulumi up for each stack`,
    );
  return newIn(sections, { version: installed.manifest.version, changelog: readChangelog(installed.changelog) });
}

/** A tarball's bytes are compared; what a Git URL builds is not the same twice. */
function isThere(project: Project, source: Source, wanted: ReturnType<typeof readPacked>, news: Section[]): boolean {
  if (wanted.manifest.version !== project.installed.manifest.version) return false;
  if (source.kind === "file") return wanted.integrity === project.integrity;
  return news.length === 0 && [project.spec, `${project.name}@${project.spec}`].includes(source.spec);
}

/** @returns the tarball that now belongs to the project, as it is seen from its folder */
function raise(project: Project, source: Source, { manifest }: Version): string | undefined {
  const tarball = source.kind === "file" ? kept(project, source.path) : undefined;
  const install = (...words: string[]): string =>
    program("npm", ["install", "--save-exact", "--no-audit", "--no-fund", ...words], project.folder);
  install("--", tarball === undefined ? (source as { spec: string }).spec : `./${tarball}`);
  const compiler = manifest.devDependencies?.typescript;
  const isOurs = project.typescript === project.installed.manifest.devDependencies?.typescript;
  if (compiler !== undefined && isOurs && compiler !== project.typescript)
    install("--save-dev", "--", `typescript@${compiler}`);
  return tarball;
}

/** A tarball from elsewhere is copied to where the present one is: a pipeline has only what the repository has. */
function kept({ folder, spec }: Project, tarball: string): string {
  const repository = repositoryOf(folder);
  const from = (path: string): string => relative(folder, path).split(sep).join("/");
  if (tarball.startsWith(repository + sep)) return from(tarball);
  const before = resolve(folder, spec.replace(/^file:/, ""));
  const place = spec.startsWith("file:") && before.startsWith(repository + sep) ? dirname(before) : folder;
  const copy = join(place, basename(tarball));
  copyFileSync(tarball, copy);
  return from(copy);
}

function toDo({ folder, spec, stacks, repositories }: Project, news: Section[], tarball: string | undefined): string[] {
  const before = /^file:(.*)/.exec(spec)?.[1];
  const up = relative(folder, repositoryOf(folder)).split(sep).join("/") || ".";
  return [
    ...news.flatMap(({ kinds }) => kinds.get(BY_HAND) ?? []),
    ...(before !== undefined && before !== tarball ? [`git rm ${before}`] : []),
    `git add package.json package-lock.json${tarball === undefined ? "" : ` ${tarball}`}`,
    "npm run check   # whether the declarations still fit",
    ...repositories.map(
      (name) => `npm exec --no -- slipway files ${name} --check --into ${up}   # whether its workflows are others now`,
    ),
    ...stacks.map(
      (stack) => `npx pulumi preview --stack ${stack}   # what the new version changes there; then pulumi up`,
    ),
  ];
}
