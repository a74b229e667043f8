import type { ApplicationSpec } from "../../../components/application/declaration.ts";
import type { RepositorySpec } from "../../../components/github/repository/spec.ts";
import { own } from "../../support/hosts.ts";
import { REGISTRY } from "../../support/sandbox.ts";

export const NAME = "pipeline";
export const DOMAIN = "pipeline.test";
export const IMAGE = `${REGISTRY}/${NAME}`;

const [dev, prod] = own;
/** Sandbox hosts of the two environments. */
export const HOSTS = { dev: dev.number, prod: prod.number };

export const APPLICATION: ApplicationSpec = {
  name: NAME,
  image: IMAGE,
  domain: `http://${DOMAIN}`,
  services: { web: { port: 8000, health: "/health" } },
  verification: { version: "/api/v1/version" },
};

/** @param state where the stacks' state lies */
export const repository = (state: string): RepositorySpec => ({
  name: NAME,
  stack: "dev",
  preset: "solo",
  protect: false,
  workflows: {
    ci: { node: { versions: ["24"], directory: "check", scripts: ["test"] } },
    build: { images: [{ name: NAME, image: IMAGE }] },
    security: {},
    preview: { environments: ["dev"], program: "infra" },
    deploy: { application: NAME, program: "infra" },
    rollback: true,
    // The program here takes the library from a build, which is no package with a pack and a command.
    policyPacks: false,
    frontend: { directory: "check", scripts: ["test"], output: "price.json" },
  },
  secrets: ["REGISTRY_PASSWORD"],
  variables: { REGISTRY_USERNAME: "slipway", PULUMI_BACKEND_URL: state },
  environments: {
    dev: { branches: ["main"], deployKey: true, host: `host-${HOSTS.dev}` },
    prod: { tags: ["v*"], deployKey: true, host: `host-${HOSTS.prod}` },
  },
});
