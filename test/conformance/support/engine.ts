import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

export interface Line {
  severity: number;
  message: string;
  urn: string;
  ephemeral: boolean;
}

export const info = 1;
export const warning = 2;

/** The one service of the engine that a plugin calls: its log. */
export class Engine {
  readonly lines: Line[] = [];
  #server = new grpc.Server();

  async start(): Promise<string> {
    this.#server.addService(services.EngineService, {
      log: (call: any, done: grpc.sendUnaryData<unknown>) => {
        this.lines.push({
          severity: call.request.getSeverity(),
          message: call.request.getMessage(),
          urn: call.request.getUrn(),
          ephemeral: call.request.getEphemeral(),
        });
        done(null, new Empty());
      },
      getRootResource: unimplemented,
      setRootResource: unimplemented,
      startDebugging: unimplemented,
      requirePulumiVersion: unimplemented,
    });
    const port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return `127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  messages(severity?: number): string[] {
    return this.lines
      .filter((line) => severity === undefined || line.severity === severity)
      .map((line) => line.message);
  }
}

function unimplemented(_call: unknown, done: grpc.sendUnaryData<unknown>): void {
  done({ code: grpc.status.UNIMPLEMENTED, message: "not part of this engine" });
}
