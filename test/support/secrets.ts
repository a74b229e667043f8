import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectOk, type Running, start } from "./run.ts";
import { type Host, quote } from "./ssh.ts";

/** A value that occurs nowhere else. */
export function plant(name = "secret"): string {
  return `marker-${name}-${randomBytes(12).toString("hex")}`;
}

/** The marker and the parts of its Base64 forms that do not depend on what surrounds it. */
export function needles(marker: string): string[] {
  const encoded = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(marker)])
      .toString("base64")
      .replace(/=+$/, "");
    return whole.slice(offset === 0 ? 0 : 4, whole.length - 3);
  });
  return [marker, ...encoded];
}

export interface Places {
  /** Outputs, messages and exports, by a name for the report. */
  texts?: Record<string, string>;
  /** Folders of this machine, searched whole. */
  folders?: string[];
  hosts?: Host[];
  /** Samplers that ran during the deployment; they are stopped. */
  samplers?: Sampler[];
}

export interface Findings {
  /** Where it must not be: `<place>: <what>`. */
  leaks: string[];
  /** Where a declared secret has to be: private env and secret files, environments of containers. */
  expected: string[];
}

/** Looks for a planted value everywhere. */
export async function findMarker(marker: string, places: Places): Promise<Findings> {
  const wanted = needles(marker);
  const leaks = Object.entries(places.texts ?? {})
    .filter(([, text]) => wanted.some((needle) => text.includes(needle)))
    .map(([name]) => name);
  for (const folder of places.folders ?? []) leaks.push(...findInFolder(wanted, folder));
  for (const sampler of places.samplers ?? []) leaks.push(...(await sampler.stop()));
  const expected: string[] = [];
  for (const target of places.hosts ?? []) {
    const script = readFileSync(join(import.meta.dirname, "find-marker.sh"), "utf8");
    const found = await target.ask(`sudo bash -c ${quote(script)}`, {
      input: `${wanted.join("\n")}\n`,
      timeoutSeconds: 120,
    });
    for (const line of found.split("\n").filter((text) => text !== "")) {
      const [kind, ...what] = line.split(" ");
      (kind === "expected" ? expected : leaks).push(`${target.container}: ${what.join(" ")}`);
    }
  }
  return { leaks: leaks.sort(), expected: expected.sort() };
}

function findInFolder(wanted: string[], folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return wanted.some((needle) => content.includes(needle));
    });
}

export interface Sampler {
  /** Ends the sampling and gives the command lines that carried the marker. */
  stop(): Promise<string[]>;
}

const SAMPLED_SECONDS = 600;

/**
 * Watches the command lines of all processes, of this machine or of a host, every 50 ms until
 * stopped, for ten minutes at most. The markers themselves travel by standard input.
 */
export async function sampleProcesses(markers: string[], target?: Host): Promise<Sampler> {
  const script = readFileSync(join(import.meta.dirname, "sample-processes.sh"), "utf8");
  const input = [SAMPLED_SECONDS, ...markers, "", ""].join("\n");
  const options = { input, keepInput: true, timeoutSeconds: SAMPLED_SECONDS + 30 };
  const running: Running = target
    ? target.start(`bash -c ${quote(script)}`, options)
    : start("bash", ["-c", script], options);
  await running.until(/^ready$/m);
  return {
    stop: async () => {
      running.endInput();
      const { stdout } = expectOk(await running.result);
      const place = target?.container ?? "this machine";
      return stdout
        .split("\n")
        .filter((line) => line !== "" && line !== "ready")
        .map((line) => `${place}: process ${line}`);
    },
  };
}
