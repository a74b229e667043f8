/** What a program of a throw-away project writes to import the checkout's library, as the package has it (`built.ts`). */
export const COMPONENTS = "../../built/components/index.js";

/** A declaration as data, or as TypeScript where it is a string. */
export type Declaration = string | object;

export interface Declarations {
  applications?: readonly Declaration[];
  repositories?: readonly Declaration[];
  /** Default: the checkout's, seen from a project below `.sandbox/tests`. */
  library?: string;
}

/** The program of a test: it deploys these declarations and gives out what tests read of them. */
export function renderProgram({ applications = [], repositories = [], library = COMPONENTS }: Declarations): string {
  return `import { defineApplication, defineRepository, deploy } from ${JSON.stringify(library)};

const environment = await deploy(
  ${list(applications)}.map(defineApplication),
  ${list(repositories)}.map(defineRepository),
);
const each = (parts, read) => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, read(part)]));
export const releases = each(environment.applications, ({ release }) => release);
export const keys = each(environment.repositories, ({ environment }) => environment?.publicKey ?? "");
export const lines = each(environment.repositories, ({ environment }) => environment?.authorizedKey ?? "");
export const urls = each(environment.repositories, ({ repository }) => repository?.url ?? "");
`;
}

const list = (declarations: readonly Declaration[]): string =>
  `[${declarations.map((one) => (typeof one === "string" ? one : JSON.stringify(one, null, 2))).join(", ")}]`;
