/** What the library offers. The build makes one file of it and of all that it imports (`toolchain/build.mjs`). */

export { type ApplicationSpec, defineApplication, type ServiceSpec } from "./application/declaration.ts";
export { ComposeStack, type ComposeStackArgs } from "./deployment/composeStack.ts";
export { Application, type ApplicationArgs, planOf } from "./environment/application.ts";
export { deploy, type Environment } from "./environment/deploy.ts";
export {
  checkRepositories,
  type DeclaredRepository as Declared,
  declareRepositories,
} from "./github/repository/declare.ts";
export {
  GitHubEnvironment as RepositoryEnvironment,
  type GitHubEnvironmentArgs as EnvironmentArgs,
} from "./github/repository/environment.ts";
export { type GitHub, gitHubAccess } from "./github/repository/github.ts";
export { Repository, type RepositoryArgs } from "./github/repository/repository.ts";
export { defineRepository, type RepositorySpec } from "./github/repository/spec.ts";
export { DockerHost, type DockerHostArgs } from "./host/dockerHost.ts";
export { freshToken } from "./host/freshToken.ts";
export { ContainerImage, type ContainerImageArgs, registryAccess } from "./image/index.ts";
export { readSettings, type Settings, SettingsError } from "./settings/index.ts";
