/** This machine: the programs by which Slipway works. */
import { ownManifest } from "../../components/shared/ownPackage.ts";
import { type Check, isFrom, unless } from "./checks.ts";
import { answerOf } from "./program.ts";

export interface MachineSeen {
  /** Of the Node that `pulumi` starts: the one on PATH; undefined where there is none. */
  node: string | undefined;
  pulumi: string | undefined;
  git: string | undefined;
  /** "name version" of each that is installed; undefined where `pulumi` does not say. */
  plugins: string[] | undefined;
  wanted: {
    pulumi: string;
    plugins: Record<string, string>;
  };
}

/** Node runs the TypeScript of a project as it is from here on. */
const OLDEST_NODE = [22, 18];

export const machineChecks: Check<MachineSeen>[] = [
  {
    name: "node",
    asks: "Node on PATH, by which `pulumi` runs the program, is 22.18 or newer",
    look: ({ node }) =>
      node === undefined
        ? unless(false, "there is no node on PATH, by which pulumi runs the program", "install Node 24 (nodejs.org)")
        : unless(
            isFrom(node, OLDEST_NODE),
            `node on PATH is ${node}, which is too old`,
            "install Node 24 (nodejs.org)",
          ),
  },
  {
    name: "pulumi",
    asks: "`pulumi` is on PATH, and not older than the one that Slipway was tested with",
    look: ({ pulumi, wanted }) =>
      pulumi === undefined
        ? unless(false, "there is no pulumi on PATH", "npm ci, and then npm exec --no slipway doctor")
        : unless(
            isFrom(pulumi, wanted.pulumi.split(".").map(Number)),
            `pulumi is ${pulumi}, and older than ${wanted.pulumi}`,
            "npm ci, and then npm exec --no slipway doctor, or raise the pulumi on PATH",
          ),
  },
  {
    name: "plugins",
    asks: "the plugins of Slipway's resources are installed; else the next preview downloads them",
    look: ({ plugins, wanted }) =>
      plugins &&
      Object.entries(wanted.plugins).flatMap(([name, version]) =>
        unless(
          plugins.includes(`${name} ${version}`),
          `the plugin ${name} ${version} is not installed`,
          `pulumi plugin install resource ${name} ${version}`,
        ),
      ),
  },
  {
    name: "git",
    asks: "`git` is on PATH; deployments commit settings, and versions are tags",
    look: ({ git }) => unless(git !== undefined, "there is no git on PATH", "install git (git-scm.com/downloads)"),
  },
];

export async function seeMachine(): Promise<MachineSeen> {
  const [node, pulumi, git, plugins] = await Promise.all([
    answerOf("node", "--version"),
    answerOf("pulumi", "version"),
    answerOf("git", "--version"),
    answerOf("pulumi", "plugin", "ls", "--json"),
  ]);
  const { dependencies = {} } = ownManifest();
  const wanted = Object.entries(dependencies).flatMap(([name, version]): [string, string][] => {
    const [, plugin] = /^@pulumi\/(command|docker|github)$/.exec(name) ?? [];
    return plugin === undefined ? [] : [[plugin, version]];
  });
  return {
    node: node?.output.trim(),
    pulumi: pulumi?.output.trim(),
    git: git?.output.trim(),
    plugins: plugins?.code === 0 ? pluginsIn(plugins.output) : undefined,
    wanted: { pulumi: dependencies.pulumi ?? "3.0.0", plugins: Object.fromEntries(wanted) },
  };
}

function pluginsIn(output: string): string[] | undefined {
  try {
    return (JSON.parse(output) as { name: string; version: string }[]).map(({ name, version }) => `${name} ${version}`);
  } catch {
    return undefined;
  }
}
