import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { Engine } from "./engine.ts";
import { fromStruct, type Properties, toStruct } from "./values.ts";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

const versions = { command: "1.2.1", docker: "5.2.0", github: "6.15.0" };
export type PluginName = keyof typeof versions;

export interface Difference {
  changes: number;
  diffs: string[];
  replaces: string[];
  detail: Record<string, number>;
}
export const changed = 2;
/** Kinds of PropertyDiff that ask for a replacement. */
export const replacing = [1, 3, 5];

export function pluginPath(name: PluginName): string {
  const given = process.env[`${name.toUpperCase()}_PLUGIN`];
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const path = given ?? join(home, "plugins", `resource-${name}-v${versions[name]}`, `pulumi-resource-${name}`);
  if (!existsSync(path)) {
    throw new Error(`${path}: no ${name} plugin; run script/bootstrap or set ${name.toUpperCase()}_PLUGIN`);
  }
  return path;
}

/** A running plugin, driven as the engine drives it. */
export class Plugin {
  readonly engine = new Engine();
  readonly startMilliseconds: number = 0;
  #process!: ChildProcess;
  #client: any;

  /** A plugin that runs and has no settings yet. */
  static async launch(name: PluginName): Promise<Plugin> {
    const plugin = new Plugin();
    const address = await plugin.engine.start();
    const began = performance.now();
    const { SSH_AUTH_SOCK: _, ...env } = process.env;
    plugin.#process = spawn(pluginPath(name), [address], { stdio: ["ignore", "pipe", "inherit"], env });
    const [port] = await once(createInterface(plugin.#process.stdout!), "line");
    (plugin as { startMilliseconds: number }).startMilliseconds = performance.now() - began;
    plugin.#client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    return plugin;
  }

  static async start(name: PluginName, settings: Properties = {}): Promise<Plugin> {
    const plugin = await Plugin.launch(name);
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
    this.#process.kill();
    await once(this.#process, "exit");
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
    const detail: Record<string, number> = {};
    response.getDetaileddiffMap().forEach((value: any, key: string) => {
      detail[key] = value.getKind();
    });
    return {
      changes: response.getChanges(),
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      detail,
    };
  }

  async create(urn: string, properties: Properties, preview = false): Promise<{ id: string; state: Properties }> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(toStruct(properties));
    request.setPreview(preview);
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

  /** Whether the binary under test says of itself that it is a stand-in. */
  get isStandIn(): boolean {
    return this.engine.messages().some((message) => message.includes("stand-in"));
  }
}

export const urn = (type: string, name = "it"): string => `urn:pulumi:dev::conformance::${type}::${name}`;
