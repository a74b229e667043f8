/**
 * The workflows of a repository. Each is an option with its own settings; a workflow that is left out is not written.
 */
import type { WeeklyWindow } from "../../shared/window.ts";
import type { PinOverrides } from "./actions.ts";

export interface WorkflowsSpec {
  /**
   * Label or labels of the machines that run jobs. Behind NAT: `["self-hosted", "homelab"]`, or with machines for those
   * jobs alone that reach hosts, which never run what a pull request brings: `{ deploy: ["self-hosted", "deploy"] }`.
   * @default "ubuntu-24.04"
   */
  runner?: Runner | { checks?: Runner; deploy?: Runner };
  /** Where the state is, which says how jobs log in there. @default by PULUMI_ACCESS_TOKEN, or as the runner itself may */
  state?: StateStorage;
  /**
   * Jobs log in to `state`, and to the network "tailscale", by OpenID Connect: their environments store no key for it.
   * `slipway trust` prints what the other side must be told. @default false
   */
  oidc?: boolean;
  /** `trunk`: work goes to main. `gitflow`: to develop, and from there through release/* to main. @default "trunk" */
  branches?: "trunk" | "gitflow";
  /** A GitHub App that releases and starts deployments elsewhere, instead of the job's own token and DEPLOY_TOKEN. @default none */
  app?: AppSpec;
  ci?: CiSpec;
  build?: BuildSpec;
  security?: SecuritySpec | true;
  preview?: PreviewSpec;
  deploy?: DeploySpec;
  rollback?: true;
  release?: ReleaseSpec | true;
  frontend?: FrontendSpec;
  /**
   * Packs of policies that previews and deployments run besides Slipway's own, by their folders in the program's:
   * `["policies-of-ours"]`. `false`: none, and no `slipway check`. @default Slipway's own
   */
  policyPacks?: string[] | false;
  /** Commits of actions to use instead of the built-in ones, by the action's repository. */
  actions?: PinOverrides;
}

/** Label or labels of machines. */
export type Runner = string | string[];

/**
 * Installed in the repository; it needs Contents: write (for a changelog also Pull requests: write), and with
 * `deploy.repository` Actions: write there. Its key is the secret APP_PRIVATE_KEY of the environments whose jobs act as it.
 */
export interface AppSpec {
  /** Its name in URLs: `acme-releases`. */
  slug: string;
  /** As its page says: `Iv23…`. */
  clientId: string;
}

/** `s3` includes what is compatible with it. */
export type StateStorage = "pulumi-cloud" | "s3" | "gs" | "azblob";

/** Checks a change. The last job, "quality gate", is the check that branch protection requires. */
export interface CiSpec {
  python?: PythonSpec;
  node?: NodeSpec;
  go?: GoSpec;
  /** Images of real services for the tests, at best by digest: "postgres:17@sha256:…"; they set DATABASE_URL and REDIS_URL. */
  services?: { postgres?: string; redis?: string };
  integration?: IntegrationSpec;
  /** Whether the images in `build` must build. @default true */
  images?: boolean;
  /**
   * Branches, or patterns of branches, whose pushes are checked too: `["**"]` for all. Branches that deploy are always checked.
   * @default main (and develop) without `deploy`, none with it
   */
  push?: string[];
  /** Further jobs, by name, of one command each. */
  commands?: Record<string, string | { run: string; minutes?: number; node?: string; paths?: string[] }>;
}

export interface PythonSpec {
  /** Like `["3.11", "3.12"]`; the last one also runs the linters. */
  versions: string[];
  /** @default "." */
  directory?: string;
  /** Requirements files. @default ["requirements.txt"] */
  requirements?: string[];
  /** Linters by name, or with the version to use: `{ ruff: "0.14.5" }`. @default ["ruff"] */
  linters?: Linter[] | Partial<Record<Linter, string>>;
  /** Required test coverage in percent. @default 80 */
  coverage?: number;
  /** Further arguments for pytest. @default "" */
  pytest?: string;
  /** Patterns of files, like `["backend/**"]`: a pull request that changes none of them skips the job. @default all */
  paths?: string[];
}

export type Linter = "ruff" | "black" | "flake8" | "pylint" | "mypy";

export interface NodeSpec {
  versions: string[];
  /** @default "." */
  directory?: string;
  /** Scripts in package.json. @default ["lint", "test", "build"] */
  scripts?: string[];
  /** Patterns of files, like `["backend/**"]`: a pull request that changes none of them skips the job. @default all */
  paths?: string[];
}

export interface GoSpec {
  versions: string[];
  /** @default "." */
  directory?: string;
  /** Patterns of files, like `["backend/**"]`: a pull request that changes none of them skips the job. @default all */
  paths?: string[];
}

export interface IntegrationSpec {
  /** Compose file that starts everything. */
  compose: string;
  /** Command that runs against it; whatever the result, everything is removed afterwards. */
  run: string;
  /** @default 20 */
  minutes?: number;
  /** Patterns of files, like `["backend/**"]`: a pull request that changes none of them skips the job. @default all */
  paths?: string[];
}

export interface BuildSpec {
  images: ImageSpec[];
  /** Like `linux/amd64,linux/arm64`. @default the runner's own platform */
  platforms?: string;
  /**
   * Whether GitHub attests the images' provenance. For private repositories it does so only with Enterprise Cloud.
   * @default only in public repositories
   */
  attest?: boolean;
  /**
   * A release is the image that was built of its commit on main, under its version's tag too: what was tested is what
   * runs, and it goes on to call itself `sha-<commit>`. Otherwise a release is built again, and knows its version. @default false
   */
  once?: boolean;
}

export interface ImageSpec {
  /** Name of the build: letters, digits, "-". */
  name: string;
  /**
   * Image repository: `ghcr.io/anna/shop`. A build pushes to one registry; to any but ghcr.io it logs in with the
   * repository's variable REGISTRY_USERNAME and secret REGISTRY_PASSWORD.
   */
  image: string;
  /** @default "." */
  context?: string;
  /** @default `Dockerfile` in the context */
  dockerfile?: string;
  /** Stage to build. @default the last */
  target?: string;
}

/** Scans a change for vulnerabilities. The last job, "security gate", is required for a merge and for a deployment. */
export interface SecuritySpec {
  /** When everything is scanned again, as a cron expression in UTC. @default "23 4 * * 1", Mondays */
  schedule?: string;
  /** Languages that CodeQL analyses, like `["python", "javascript-typescript"]`; `java-kotlin` covers only Java. @default none */
  codeql?: Language[];
  /**
   * Whether results go to the repository's Security page. CodeQL and the review of new dependencies depend on it: private
   * repositories have to buy all three (GitHub Code Security). Without it, results are in the jobs' logs.
   * @default only in public repositories
   */
  upload?: boolean;
}

/** CodeQL's names. Swift is not included, because it needs macOS runners. */
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
  /** Environments, by stack, whose changes a pull request shows; each must be one of the repository's. */
  environments: string[];
  /** Folder with the Pulumi program. @default "." */
  program?: string;
}

export interface DeploySpec {
  /** The application in `slipway:applications`; a list where the program deploys those of other repositories. */
  application: string | [string, ...string[]];
  /**
   * The repository on GitHub that has the program, like `anna/infra`, if it is not this one: its `deploy` is started there,
   * by the secret DEPLOY_TOKEN, and waited for. @default this one
   */
  repository?: string;
  /** What is deployed where, by stack, in the order written; each must be one of the repository's `environments`. @default by `branches`; see docs/repositories.md */
  environments?: Record<string, DeployTarget>;
  /** Folder with the Pulumi program. @default "." */
  program?: string;
  /** The image in `build.images` that is the application's own. @default the first */
  image?: string;
  /** How the runner reaches hosts that are not on the internet. A bastion is a setting of the host. @default none */
  network?: "tailscale" | "wireguard";
  /** Minutes that a deployment may take. @default 30 */
  minutes?: number;
}

export interface DeployTarget {
  /** A branch or a pattern of branches (`main`, `release/*`), or `"tag"`: version tags `v*`. */
  on: string;
  /** An environment that must get the version first. */
  after?: string;
  /** When deployments are allowed, in UTC: days 1 (Monday) to 7, times like "08:00". Outside it the job fails; run it again inside. */
  window?: WeeklyWindow;
  /** URL to show. */
  url?: string;
}

export interface ReleaseSpec {
  /**
   * Whether each push to main is released once its checks have passed: `[major]` or `[minor]` in a commit message since
   * the latest version raises that part, anything else the patch. The first version is v0.1.0. @default false
   */
  automatic?: boolean;
  /**
   * Branches whose commits may be released, or patterns of them: `["main", "support/*"]`. Any other commit is refused, as
   * nobody has reviewed it. A pattern opens what its branches are: whoever may write may create one, with any commit;
   * with an `app` it is refused. @default ["main"]
   */
  branches?: string[];
  /** Whether a pull request adds the notes to CHANGELOG.md; the repository needs `actions.approve` for it. @default false */
  changelog?: boolean;
  /** What a release offers for download; with its provenance, which `gh attestation verify` checks. @default nothing */
  package?: PackageSpec;
}

export interface PackageSpec {
  /** Command that builds it, like `npm ci && npm pack`. It gets no token; VERSION is the version if that was given by hand. */
  run: string;
  /** The file that it builds, or a pattern of several: `*.tgz`. */
  files: string;
  /** Node version, like "24". @default the runner's own */
  node?: string;
  /** Whether GitHub attests its provenance; see `build.attest`. @default only in public repositories */
  attest?: boolean;
}

export interface FrontendSpec {
  /** @default "frontend" */
  directory?: string;
  /** Node version. @default "24" */
  node?: string;
  /** Scripts in package.json. @default ["lint", "test", "build"] */
  scripts?: string[];
  /** Folder within the directory that is kept as an artifact. @default "dist" */
  output?: string;
}
