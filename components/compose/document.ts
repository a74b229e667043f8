/** A parsed Compose file; see https://docs.docker.com/reference/compose-file/. */
export interface ComposeDocument {
  name?: string;
  services: Record<string, ComposeService>;
  networks?: Record<string, unknown>;
  volumes?: Record<string, unknown>;
  secrets?: Record<string, unknown>;
  [key: string]: unknown;
}

export type ComposeService = Record<string, unknown> & { image?: string };
