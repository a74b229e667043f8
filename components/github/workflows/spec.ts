/**
 * Which workflows a repository has. Each is an option with settings of its own; what is left out is not written.
 */
import type { DeploymentWindow } from "../../shared/window.ts";
import type { PinOverrides } from "./actions.ts";

export interface WorkflowsSpec {
  /** Label, or labels, of the machines that run jobs. Behind NAT: `["self-hosted", "homelab"]`. @default "ubuntu-24.04" */
  runner?: string | string[];
  /** `trunk`: work goes to main. `gitflow`: to develop, from there by release/* to main. @default "trunk" */
  branches?: "trunk" | "gitflow";
  ci?: CiSpec;
  build?: BuildSpec;
  security?: SecuritySpec | true;
  preview?: PreviewSpec;
  deploy?: DeploySpec;
  rollback?: true;
  release?: ReleaseSpec | true;
  frontend?: FrontendSpec;
  /** Other commits of actions than the built-in ones, by the action's repository. */
  actions?: PinOverrides;
}

/** Checks of a change. Its last job, "quality gate", is the one that branch protection requires. */
export interface CiSpec {
  python?: PythonSpec;
  node?: NodeSpec;
  go?: GoSpec;
  /** Real services beside the tests; they set DATABASE_URL and REDIS_URL. */
  services?: { postgres?: string; redis?: string };
  integration?: IntegrationSpec;
  /** Whether the images of `build` must build. @default true */
  images?: boolean;
  /**
   * Branches, or patterns of them, whose pushes are checked too: `["**"]` for all. Those that deploy are checked anyway.
   * @default main (and develop) without `deploy`, none with it
   */
  push?: string[];
  /** Further jobs of one command each, by name. */
  commands?: Record<string, string | { run: string; minutes?: number; node?: string }>;
}

export interface PythonSpec {
  /** Like `["3.11", "3.12"]`; the last one also runs the linters. */
  versions: string[];
  /** @default "." */
  directory?: string;
  /** Files of requirements. @default ["requirements.txt"] */
  requirements?: string[];
  /** Linters, by name, or with the version to take: `{ ruff: "0.14.5" }`. @default ["ruff"] */
  linters?: Linter[] | Partial<Record<Linter, string>>;
  /** Test coverage that is needed, in percent. @default 80 */
  coverage?: number;
  /** What pytest gets besides. @default "" */
  pytest?: string;
}

export type Linter = "ruff" | "black" | "flake8" | "pylint" | "mypy";

export interface NodeSpec {
  versions: string[];
  /** @default "." */
  directory?: string;
  /** Scripts of package.json. @default ["lint", "test", "build"] */
  scripts?: string[];
}

export interface GoSpec {
  versions: string[];
  /** @default "." */
  directory?: string;
}

export interface IntegrationSpec {
  /** Compose file that brings everything up. */
  compose: string;
  /** Runs against it; whatever it says, everything is taken down again. */
  run: string;
  /** @default 20 */
  minutes?: number;
}

export interface BuildSpec {
  images: ImageSpec[];
  /** Like `linux/amd64,linux/arm64`. @default the runner's own */
  platforms?: string;
  /**
   * Whether GitHub attests where the images come from. For private repositories it does so with Enterprise Cloud only.
   * @default in public repositories
   */
  attest?: boolean;
}

export interface ImageSpec {
  /** Name of the build: letters, digits, "-". */
  name: string;
  /**
   * Repository: `ghcr.io/anna/shop`. A build has one registry; at another than ghcr.io it logs in with the variable
   * REGISTRY_USERNAME and the secret REGISTRY_PASSWORD of the repository.
   */
  image: string;
  /** @default "." */
  context?: string;
  /** @default `Dockerfile` in the context */
  dockerfile?: string;
  /** Stage to build. @default the last */
  target?: string;
}

/** Checks of what a change brings along. Its last job, "security gate", is required for a merge and for a deployment. */
export interface SecuritySpec {
  /** When the whole is scanned again, in cron's words, UTC. @default "23 4 * * 1", Mondays */
  schedule?: string;
  /** Languages that CodeQL analyses, like `["python", "javascript-typescript"]`; of `java-kotlin` only Java. @default none */
  codeql?: Language[];
  /**
   * Whether results go to the repository's Security page. CodeQL and the review of new dependencies go with it: private
   * repositories have to buy all three (GitHub Code Security). Without it results are in the jobs' logs.
   * @default in public repositories
   */
  upload?: boolean;
}

/** CodeQL's names. Swift is not among them, as it needs runners with macOS. */
export type Language =
  | "actions"
  | "c-cpp"
  | "csharp"
  | "go"
  | "java-kotlin"
  | "javascript-typescript"
  | "python"
  | "ruby"
  | "rust";

export interface PreviewSpec {
  /** Environments whose change a pull request shows, by stack; each is among the repository's. */
  environments: string[];
  /** Folder of the Pulumi program. @default "." */
  program?: string;
}

export interface DeploySpec {
  /** The application in `slipway:applications`. */
  application: string;
  /** What is deployed where, by stack, in the order of writing; each is among the repository's `environments`. @default by `branches`, see docs */
  environments?: Record<string, DeployTarget>;
  /** Folder of the Pulumi program. @default "." */
  program?: string;
  /** The image of `build.images` that is the application's own. @default the first */
  image?: string;
  /** How the runner reaches hosts that are not on the internet. A bastion is a setting of the host. @default none */
  network?: "tailscale" | "wireguard";
  /** Minutes that a deployment may take. @default 30 */
  minutes?: number;
}

export interface DeployTarget {
  /** A branch or a pattern of branches (`main`, `release/*`), or `"tag"`: version tags `v*`. */
  on: string;
  /** An environment that must have got the version first. */
  after?: string;
  /** When deployments are allowed, UTC: days 1 (Monday) to 7, times "08:00". Others wait for a person to start them inside. */
  window?: DeploymentWindow;
  /** Address to show. */
  url?: string;
}

export interface ReleaseSpec {
  /**
   * Whether each push to main is released when its checks have passed: `[major]` or `[minor]` in the message of a commit
   * since the newest version raises that, anything else the patch. The first is v0.1.0. @default false
   */
  automatic?: boolean;
  /** Whether CHANGELOG.md gets the notes, by a pull request: the repository needs `actions.approve` for it. @default false */
  changelog?: boolean;
}

export interface FrontendSpec {
  /** @default "frontend" */
  directory?: string;
  /** Version of Node. @default "24" */
  node?: string;
  /** Scripts of package.json. @default ["lint", "test", "build"] */
  scripts?: string[];
  /** Folder, inside the directory, that is kept as an artifact. @default "dist" */
  output?: string;
}
