/** The library's public face. */
import "./stackTraces.ts";
export { Application, type ApplicationArgs } from "./application.ts";
export { defineApplication, type ApplicationSpec, type ServiceSpec } from "./application/spec.ts";
export { deploy, type Environment } from "./environment.ts";
export { DockerHost, type DockerHostArgs } from "./host/dockerHost.ts";
export { freshToken } from "./host/freshToken.ts";
export { ContainerImage, registryAccess, type ContainerImageArgs } from "./image/index.ts";
export { checkRepositories, declareRepositories, type Declared } from "./repository/declare.ts";
export { Environment as RepositoryEnvironment, type EnvironmentArgs } from "./repository/environment.ts";
export { gitHubAccess, type GitHub } from "./repository/github.ts";
export { Repository, type RepositoryArgs } from "./repository/repository.ts";
export { defineRepository, type RepositorySpec } from "./repository/spec.ts";
export { readSettings, SettingsError, type Settings } from "./settings/index.ts";
export { ComposeStack, type ComposeStackArgs } from "./stack/composeStack.ts";
