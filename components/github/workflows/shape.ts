/** The shape of what a declaration says of workflows and community files; what the values may be is checked elsewhere. */

import { flag, list, number, object, text, texts } from "../../shared/shapes.ts";
import type { WeeklyWindow } from "../../shared/window.ts";
import { z } from "../../shared/zod.ts";
import type { Pin } from "./actions.ts";
import type { CommunitySpec, DependabotSpec, SecurityPolicySpec } from "./community.ts";
import type {
  AppSpec,
  BuildSpec,
  CiSpec,
  DeploySpec,
  DeployTarget,
  FrontendSpec,
  GoSpec,
  ImageSpec,
  IntegrationSpec,
  NodeSpec,
  PackageSpec,
  PreviewSpec,
  PythonSpec,
  ReleaseSpec,
  Runner,
  SecuritySpec,
  WorkflowsSpec,
} from "./spec.ts";

const python = object<PythonSpec>({
  versions: list,
  directory: text,
  requirements: texts,
  linters: z.union([list, z.record(z.string(), z.string())]).optional(),
  coverage: number,
  pytest: text,
  paths: texts,
});
const node = object<NodeSpec>({ versions: list, directory: text, scripts: texts, paths: texts });
const go = object<GoSpec>({ versions: list, directory: text, paths: texts });
const integration = object<IntegrationSpec>({ compose: z.string(), run: z.string(), minutes: number, paths: texts });
const command = z.strictObject({ run: z.string(), minutes: number, node: text, paths: texts });

const ci = object<CiSpec>({
  python: python.optional(),
  node: node.optional(),
  go: go.optional(),
  services: z.strictObject({ postgres: text, redis: text }).optional(),
  integration: integration.optional(),
  images: flag,
  push: texts,
  commands: z.record(z.string(), z.union([z.string(), command])).optional(),
});

const image = object<ImageSpec>({ name: z.string(), image: z.string(), context: text, dockerfile: text, target: text });
const build = object<BuildSpec>({ images: z.array(image), platforms: text, attest: flag, once: flag });
const security = object<SecuritySpec>({ schedule: text, codeql: texts, upload: flag });
const preview = object<PreviewSpec>({ environments: list, program: text });

const window = object<WeeklyWindow>({ days: z.array(z.number()), from: z.string(), until: z.string() });
const target = object<DeployTarget>({ on: z.string(), after: text, window: window.optional(), url: text });
const deploy = object<DeploySpec>({
  application: z.union([z.string(), list]),
  repository: text,
  environments: z.record(z.string(), target).optional(),
  program: text,
  image: text,
  network: text,
  minutes: number,
});

const offered = object<PackageSpec>({ run: z.string(), files: z.string(), node: text, attest: flag });
const release = object<ReleaseSpec>({ automatic: flag, branches: texts, changelog: flag, package: offered.optional() });
const frontend = object<FrontendSpec>({ directory: text, node: text, scripts: texts, output: text });
const pin = object<Pin>({ commit: z.string(), version: z.string() });

const runner = z.union([z.string(), list]);
type Runners = { checks?: Runner; deploy?: Runner };

export const workflowsShape = object<WorkflowsSpec>({
  runner: z
    .union([z.string(), list, object<Runners>({ checks: runner.optional(), deploy: runner.optional() })])
    .optional(),
  state: text,
  app: object<AppSpec>({ slug: z.string(), clientId: z.string() }).optional(),
  oidc: flag,
  branches: text,
  ci: ci.optional(),
  build: build.optional(),
  security: z.union([z.boolean(), security]).optional(),
  preview: preview.optional(),
  deploy: deploy.optional(),
  rollback: flag,
  release: z.union([z.boolean(), release]).optional(),
  frontend: frontend.optional(),
  policyPacks: z.union([z.literal(false), list]).optional(),
  actions: z.record(z.string(), pin).optional(),
});

const dependabot = object<DependabotSpec>({
  ecosystems: z.record(z.string(), list).optional(),
  interval: text,
  cooldown: number,
});
const policy = object<SecurityPolicySpec>({ contact: text, answerWithin: number, supported: text });

export const communityShape = object<CommunitySpec>({
  dependabot: z.union([z.boolean(), dependabot]).optional(),
  codeowners: z.record(z.string(), list).optional(),
  security: policy.optional(),
  pullRequestTemplate: z.union([z.boolean(), list]).optional(),
});
