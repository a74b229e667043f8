export { ContainerImage, type ContainerImageArgs } from "./containerImage.ts";
export type { Build } from "./plan.ts";
export { registryAccess, registryProvider, type Credentials, type RegistryAccess } from "./providers.ts";
export { formatReference, parseReference, pin, type Reference } from "./reference.ts";
export { deployable, plainVersion, type DeployRules } from "./version.ts";
