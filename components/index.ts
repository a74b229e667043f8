/** The library's public face. */
import "./stackTraces.ts";

export { type ApplicationSpec, defineApplication, type ServiceSpec } from "./application/spec.ts";
export { Application, type ApplicationArgs } from "./application.ts";
export { deploy, type Environment } from "./environment.ts";
export { DockerHost, type DockerHostArgs } from "./host/dockerHost.ts";
export { freshToken } from "./host/freshToken.ts";
export { ContainerImage, type ContainerImageArgs, registryAccess } from "./image/index.ts";
export { checkRepositories, type Declared, declareRepositories } from "./repository/declare.ts";
export { Environment as RepositoryEnvironment, type EnvironmentArgs } from "./repository/environment.ts";
export { type GitHub, gitHubAccess } from "./repository/github.ts";
export { Repository, type RepositoryArgs } from "./repository/repository.ts";
export { defineRepository, type RepositorySpec } from "./repository/spec.ts";
export { readSettings, type Settings, SettingsError } from "./settings/index.ts";
export { ComposeStack, type ComposeStackArgs } from "./stack/composeStack.ts";
