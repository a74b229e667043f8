import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { Engine } from "./engine.ts";
import { type PluginName, pluginPath } from "./programs.ts";
import { fromStruct, type Properties, toStruct } from "./values.ts";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

export interface Difference {
  changes: number;
  diffs: string[];
  replaces: string[];
  detail: Record<string, number>;
  /** Whether a property's change is one between inputs; else it is one between the state and what comes. */
  ofInputs: Record<string, boolean>;
}
export const changed = 2;
/** Kinds of PropertyDiff that ask for an update. */
export const kinds = { add: 0, remove: 2, update: 4 };
/** Kinds of PropertyDiff that ask for a replacement. */
export const replacing = [1, 3, 5];

/** A running plugin, driven as the engine drives it. */
export class Plugin {
  readonly engine = new Engine();
  readonly startMilliseconds: number = 0;
  #process!: ChildProcess;
  #client: any;

  /** A plugin that runs and has no settings yet. */
  static async launch(name: PluginName, path = pluginPath(name)): Promise<Plugin> {
    const plugin = new Plugin();
    const address = await plugin.engine.start();
    const began = performance.now();
    const { SSH_AUTH_SOCK: _, ...env } = process.env;
    plugin.#process = spawn(path, [address], { stdio: ["ignore", "pipe", "inherit"], env });
    const port = await portOf(plugin.#process);
    (plugin as { startMilliseconds: number }).startMilliseconds = performance.now() - began;
    plugin.#client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    return plugin;
  }

  static async start(name: PluginName, settings: Properties = {}, path = pluginPath(name)): Promise<Plugin> {
    const plugin = await Plugin.launch(name, path);
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(settings));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    await plugin.#call("configure", request);
    return plugin;
  }

  async stop(): Promise<void> {
    this.#client.close();
    await ended(this.#process);
    this.engine.stop();
  }

  #call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) =>
      this.#client[method](request, (error: Error | null, response: unknown) =>
        error ? reject(error) : resolve(response),
      ),
    );
  }

  /** The package's schema, as JSON. */
  async schema(): Promise<string> {
    return (await this.#call("getSchema", new messages.GetSchemaRequest())).getSchema();
  }

  async check(
    urn: string,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(toStruct(news));
    const response = await this.#call("check", request);
    return {
      inputs: fromStruct(response.getInputs()),
      failures: response.getFailuresList().map((f: any) => ({ property: f.getProperty(), reason: f.getReason() })),
    };
  }

  /** The engine's way: inputs are checked first, then used. */
  async checked(urn: string, news: Properties): Promise<Properties> {
    const { inputs, failures } = await this.check(urn, news);
    if (failures.length > 0) throw new Error(failures.map((f) => f.reason).join("\n"));
    return inputs;
  }

  async diff(urn: string, state: Properties, oldInputs: Properties, news: Properties): Promise<Difference> {
    const request = new messages.DiffRequest();
    request.setId("id");
    request.setUrn(urn);
    request.setOlds(toStruct(state));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    const response = await this.#call("diff", request);
    return difference(response);
  }

  /** The difference between two settings of the plugin itself. */
  async diffConfig(settings: Properties, news: Properties): Promise<Difference> {
    const request = new messages.DiffRequest();
    request.setUrn(urn("pulumi:providers:docker"));
    request.setOlds(toStruct(settings));
    request.setOldInputs(toStruct(settings));
    request.setNews(toStruct(news));
    return difference(await this.#call("diffConfig", request));
  }

  /** Settings of the plugin as it gives them back. */
  async checkConfig(news: Properties): Promise<Properties> {
    const request = new messages.CheckRequest();
    request.setUrn(urn("pulumi:providers:docker"));
    request.setNews(toStruct(news));
    const response = await this.#call("checkConfig", request);
    const failures = response.getFailuresList().map((f: any) => f.getReason());
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return fromStruct(response.getInputs());
  }

  /** `timeout` is the resource's own, in seconds; 0 is none. */
  async create(
    urn: string,
    properties: Properties,
    preview = false,
    timeout = 0,
  ): Promise<{ id: string; state: Properties }> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(properties));
    request.setPreview(preview);
    request.setTimeout(timeout);
    const response = await this.#call("create", request);
    return { id: response.getId(), state: fromStruct(response.getProperties()) };
  }

  async update(
    urn: string,
    state: Properties,
    oldInputs: Properties,
    news: Properties,
    preview = false,
  ): Promise<Properties> {
    const request = new messages.UpdateRequest();
    request.setId("id");
    request.setUrn(urn);
    request.setOlds(toStruct(state));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    request.setPreview(preview);
    return fromStruct((await this.#call("update", request)).getProperties());
  }

  async remove(urn: string, state: Properties, oldInputs: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId("id");
    request.setUrn(urn);
    request.setProperties(toStruct(state));
    request.setOldInputs(toStruct(oldInputs));
    await this.#call("delete", request);
  }

  async read(urn: string, state: Properties, inputs: Properties): Promise<Properties> {
    const request = new messages.ReadRequest();
    request.setId("id");
    request.setUrn(urn);
    request.setProperties(toStruct(state));
    request.setInputs(toStruct(inputs));
    return fromStruct((await this.#call("read", request)).getProperties());
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    const response = await this.#call("invoke", request);
    const failures = response.getFailuresList().map((f: any) => f.getReason());
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return fromStruct(response.getReturn());
  }

  async cancel(): Promise<void> {
    await this.#call("cancel", new Empty());
  }
}

/** The port that a plugin or a language host prints when it serves. */
export async function portOf(program: ChildProcess): Promise<string> {
  const exit = once(program, "exit").then(([code]) => {
    throw new Error(`${program.spawnfile} ended with ${code} before it served`);
  });
  const [port] = await Promise.race([once(createInterface(program.stdout!), "line"), exit]);
  return port;
}

/** Ends a program; one that does not heed SIGTERM is killed. */
export async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exit = once(program, "exit");
  program.kill();
  const late = setTimeout(() => program.kill("SIGKILL"), 3000);
  await exit;
  clearTimeout(late);
}

function difference(response: any): Difference {
  const found: Difference = {
    changes: response.getChanges(),
    diffs: response.getDiffsList(),
    replaces: response.getReplacesList(),
    detail: {},
    ofInputs: {},
  };
  response.getDetaileddiffMap().forEach((value: any, key: string) => {
    found.detail[key] = value.getKind();
    found.ofInputs[key] = value.getInputdiff();
  });
  return found;
}

export const urn = (type: string, name = "it"): string => `urn:pulumi:dev::conformance::${type}::${name}`;
