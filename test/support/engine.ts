/** A mock of Pulumi's engine: it makes everything at once, remembers it, and answers what a test says. */
import * as pulumi from "@pulumi/pulumi";

type Value = any;

/** A resource, as it was asked for. Other resources stand here by their names. */
export interface Made {
  type: string;
  name: string;
  inputs: Value;
  parent: string;
  dependsOn: string[];
  aliases: string[];
  protect: boolean;
  retainOnDelete: boolean;
  deletedWith: string;
  importId: string;
}

export interface Called {
  token: string;
  inputs: Value;
}

/** Since the last `forget`, in order. */
export const made: Made[] = [];
export const called: Called[] = [];

/** Answers by a function's name, such as `getUser`; a function without one answers that nothing was found. */
export const answers: Record<string, (inputs: Value) => object> = {};

/** What a resource has beside its inputs once it is made, by its type. */
export const outputs: Record<string, (made: Made) => object> = {};

const requests = new Map<string, Partial<Made>>();

/** Afterwards nothing has been made, and nothing is answered. */
export function forget(): void {
  made.length = 0;
  called.length = 0;
  requests.clear();
  for (const name of Object.keys(answers)) delete answers[name];
}

/** Call it before the components are imported, and again for another stack. */
export async function startEngine(stack = "dev"): Promise<void> {
  await pulumi.runtime.setMocks({ newResource, call }, "slipway", stack);
  // Mocks do not get the options of a resource, but their monitor does.
  const monitor = pulumi.runtime.getMonitor() as Value;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Value, done: Value) => {
    requests.set(`${request.getType()} ${request.getName()}`, optionsOf(request));
    return register(request, done);
  };
}

function newResource({ type, name, inputs, id }: pulumi.runtime.MockResourceArgs): { id: string; state: object } {
  const resource = { type, name, inputs, ...requests.get(`${type} ${name}`) } as Made;
  made.push(resource);
  return { id: id || `${name}-id`, state: { ...outputs[type]?.(resource), ...inputs } };
}

function call({ token, inputs }: pulumi.runtime.MockCallArgs): object {
  called.push({ token, inputs });
  const answer = answers[last(token, ":")];
  if (answer) return answer(inputs);
  throw Object.assign(new Error(), { details: `invocation of ${token} returned an error: 404 Not Found []` });
}

const optionsOf = (request: Value): Partial<Made> => ({
  parent: last(request.getParent()),
  dependsOn: request.getDependenciesList().map((urn: string) => last(urn)),
  aliases: request.getAliasesList().map((alias: Value) => alias.getSpec()?.getName() ?? alias.getUrn()),
  protect: request.getProtect(),
  retainOnDelete: request.getRetainondelete(),
  deletedWith: last(request.getDeletedwith()),
  importId: request.getImportid(),
});

const last = (text: string, between = "::"): string => text.split(between).at(-1)!;

/** Returns when no call is under way, and none follows in several turns of the event loop, however slow they are. */
export async function waitUntilIdle(): Promise<void> {
  for (let before = -1, still = 0; still < 10; ) {
    await pulumi.runtime.disconnect();
    await new Promise((resolve) => setTimeout(resolve));
    const count = made.length + called.length;
    still = count === before ? still + 1 : 0;
    before = count;
  }
}

/** Configures the stack: the project's own keys, or those that name another; a whole key may be encrypted. */
export function configure(config: Record<string, unknown>, encrypted: string[]): void {
  const full = (key: string): string => (key.includes(":") ? key : `slipway:${key}`);
  const texts = Object.entries(config).map(([key, value]) => [full(key), JSON.stringify(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts), encrypted.map(full));
}

/** The first resource of that name. */
export function find(name: string): Made {
  const found = made.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name} among ${made.map((resource) => resource.name).join(", ")}`);
  return found;
}

export const isSecretInput = (value: Value): boolean =>
  value?.[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;

/** The inputs with secrets opened. */
export function plainOf({ inputs }: Pick<Made, "inputs">): Value {
  const open = (value: Value): Value => {
    if (isSecretInput(value)) return open(value.value);
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, open(entry)]));
  };
  return open(inputs);
}

/** What can be read without the key: secrets are left out. */
export const openText = (resources: readonly unknown[]): string =>
  JSON.stringify(resources, (_, value) => (isSecretInput(value) ? "(secret)" : value));

export const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

/** The errors that nobody waits for, which end a program; returns when there are as many, or after five seconds. */
export async function failures(count: number, work: () => unknown): Promise<Error[]> {
  const found = new Set<Error>();
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", (error) => found.add(error as Error));
  await work();
  for (let waited = 0; found.size < count && waited < 5000; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
  return [...found];
}
