import { defined } from "../shared/records.ts";
import { formatReference, isDigest, isTag, parseReference, type Reference, repositoryProblem } from "./reference.ts";
import { buildArguments, labels, tagsByPart, versionProblem } from "./version.ts";

export interface Build {
  /** Folder of the build context, relative to the project folder. */
  context: string;
  /** Default: `Dockerfile` in the context. Relative to the project folder. */
  dockerfile?: string;
  /** More build arguments, beside VERSION and COMMIT; they can be read from the image so that they must not be secret. */
  args?: Record<string, string>;
  /** What the image runs on, whatever machine builds it. Default: what the hosts are; `linux/amd64` while that is not known. */
  platform?: string;
  /** Stage to build. Default: the last. */
  target?: string;
  /** Full commit: build argument, label and the tag `sha-<commit>`. */
  commit?: string;
  /** Address of the source, for its label. */
  source?: string;
  /** Whether to push `latest` too. Default: false. */
  isDefaultBranch?: boolean;
}

interface Wanted {
  repository: string;
  version?: string;
  digest?: string;
  build?: Build;
}

/** Where what makes up an image is set, for errors. */
export interface Places {
  image: string;
  version: string;
  digest: string;
}

export const settingsOf = (application: string): Places => ({
  image: `slipway:applications.${application}.image`,
  version: `slipway:applications.${application}.version`,
  digest: `slipway:applications.${application}.digest`,
});

interface Common {
  reference: Reference;
  version: string;
  places: Places;
}

export interface BuildPlan extends Common {
  kind: "build";
  tags: { part: string; tag: string }[];
  build: {
    context: string;
    dockerfile: string;
    args: Record<string, string>;
    labels: Record<string, string>;
    /** Absent: the hosts decide. */
    platform?: string;
    target?: string;
  };
}

/** What there is to do for an image: take it as given, look it up, or build it. */
export type Plan = (Common & { kind: "given"; digest: string }) | (Common & { kind: "lookUp" }) | BuildPlan;

/** @throws Error with everything that is wrong. */
export function plan({ repository, version, digest, build }: Wanted, places: Places): Plan {
  // Other people's images have tags of any kind ("postgres:15"); the rule for the application's own version is a setting's.
  const versionFault =
    version === undefined || (!build && isTag(version)) ? undefined : versionProblem(version, { protected: false });
  const repositoryFault = repositoryProblem(repository);
  const problems = [
    ...(repositoryFault ? [`${places.image}: ${JSON.stringify(repository)} ${repositoryFault}`] : []),
    ...(versionFault ? [`${places.version}: ${JSON.stringify(version)} ${versionFault}`] : []),
    ...(digest !== undefined && !isDigest(digest)
      ? [`${places.digest}: ${JSON.stringify(digest)} is not a digest; write sha256: and 64 hexadecimal digits`]
      : []),
    ...(digest !== undefined && build
      ? [`${places.digest}: an image has a digest or a build, not both; remove one`]
      : []),
    ...((version ?? digest ?? build?.commit) ? [] : [`${places.version}: is missing; give a version like "1.4.0"`]),
    ...(build?.commit !== undefined && !/^[0-9a-f]{7,64}$/.test(build.commit)
      ? [`${places.version}: ${JSON.stringify(build.commit)} is not a commit; write its full hexadecimal name`]
      : []),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const reference = parseReference(repository);
  if (digest !== undefined) return { kind: "given", reference, digest, places, version: version ?? digest };
  if (!build) return { kind: "lookUp", reference: { ...reference, tag: version! }, places, version: version! };
  const identity = { ...build, ...defined({ version }) };
  const tags = Object.entries(tagsByPart(identity)).map(([part, tag]) => ({ part, tag }));
  return {
    kind: "build",
    reference,
    places,
    tags,
    version: version ?? tags[0]!.tag,
    build: {
      context: build.context,
      dockerfile: build.dockerfile ?? `${build.context.replace(/\/+$/, "")}/Dockerfile`,
      args: { ...buildArguments(identity), ...build.args },
      labels: labels(identity),
      ...defined({ platform: build.platform, target: build.target }),
    },
  };
}

/** The plugin knows images of Docker Hub only by names without a registry. */
export function pluginName(reference: Reference): string {
  const name = formatReference(reference);
  return reference.registry === "docker.io" ? name.slice("docker.io/".length) : name;
}

/** The plugin's name for a registry in `registryAuth`. */
export const pluginAddress = (registry: string): string =>
  registry === "docker.io" ? "registry-1.docker.io" : registry;
