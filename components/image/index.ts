export { ContainerImage, type ContainerImageArgs } from "./containerImage.ts";
export type { Build } from "./plan.ts";
export { type Credentials, type RegistryAccess, registryAccess, registryProvider } from "./providers.ts";
export { formatReference, parseReference, pin, type Reference } from "./reference.ts";
export { type DeployRules, deployable, plainVersion } from "./version.ts";
