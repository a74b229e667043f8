import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "./support/engine.ts";
import { ended, portOf } from "./support/plugin.ts";
import { languageHostPath } from "./support/programs.ts";
import { toStruct } from "./support/values.ts";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/language_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/language_pb.js");
const analyzers = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const { AnalyzerStackConfigureRequest } = require("@pulumi/pulumi/proto/analyzer_pb.js");

const modules = join(import.meta.dirname, "../../node_modules");

describe("the language host", () => {
  const engine = new Engine();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-packs-")));
  const program = join(folder, "program");
  const pack = join(folder, "pack");
  let address: string;
  let host: ChildProcess;
  let client: any;

  beforeAll(async () => {
    symlinkSync(modules, join(folder, "node_modules"));
    for (const [place, name] of [
      [program, "the-program"],
      [pack, "the-pack"],
    ] as const) {
      mkdirSync(place);
      writeFileSync(join(place, "package.json"), JSON.stringify({ name, main: "index.js" }));
    }
    writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime:\n  name: nodejs\n  options:\n    typescript: false\n");
    writeFileSync(
      join(pack, "index.js"),
      `const name = require(process.cwd() + "/package.json").name;
       require("fs").writeFileSync(__dirname + "/seen", JSON.stringify({ folder: process.cwd(), name }));`,
    );
    address = await engine.start();
    host = spawn(languageHostPath(), [address], { stdio: ["ignore", "pipe", "inherit"], cwd: program });
    const port = await portOf(host);
    client = new services.LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  afterAll(async () => {
    client?.close();
    if (host !== undefined) await ended(host);
    engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * Starts a policy pack as the engine does, from the program's folder, and answers what the pack saw. The first number
   * on its output is a port, where the stack is told: a host that stands before the pack starts it only then.
   */
  async function start(): Promise<{ folder: string; name: string }> {
    const info = new messages.ProgramInfo();
    info.setRootDirectory(pack);
    info.setProgramDirectory(pack);
    info.setEntryPoint(".");
    info.setOptions(toStruct({ typescript: false }));
    const request = new messages.RunPluginRequest();
    request.setPwd(program);
    request.setInfo(info);
    request.setKind("analyzer");
    request.setArgsList([address]);
    request.setEnvList(Object.entries(process.env).map(([name, value]) => `${name}=${value}`));
    let output = "";
    let policies: any;
    const stream = client.runPlugin(request);
    stream.on("error", (error: Error) => {
      output += error.message;
    });
    stream.on("data", (message: any) => {
      output += Buffer.from(message.getStdout_asU8()).toString() + Buffer.from(message.getStderr_asU8());
      const [port] = /^\d+(?=\n)/m.exec(output) ?? [];
      if (port === undefined || policies !== undefined) return;
      policies = new analyzers.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
      policies.configureStack(new AnalyzerStackConfigureRequest(), () => {});
    });
    const seen = join(pack, "seen");
    for (let tries = 0; !existsSync(seen) || readFileSync(seen, "utf8") === ""; tries += 1) {
      if (tries > 200) throw new Error(`the pack was not started: ${output}`);
      await sleep(50);
    }
    stream.cancel();
    policies?.close();
    return JSON.parse(readFileSync(seen, "utf8"));
  }

  test("starts a policy pack in the pack's own folder, so that it reads its own package.json", async () => {
    expect(await start()).toEqual({ folder: pack, name: "the-pack" });
  });
});
