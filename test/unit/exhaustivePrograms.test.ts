/** The shims of the exhaustive run stand before every program that the host's scripts start: those are read from the scripts. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readScripts } from "../../components/host/install.ts";
import { PROGRAMS, WRITERS } from "../exhaustive/support/programs.ts";

interface Node {
  Type?: string;
  Args?: Word[];
  Name?: { Value: string };
  Elems?: { Value?: Word }[];
  [key: string]: unknown;
}
interface Word {
  Parts?: { Type: string; Value?: string; Parts?: { Type: string; Value?: string }[] }[];
}

/** Not of a deployment, a recovery or inspect: preparing and leaving a host, what only an operator asks for, what is sent beside it, and what bash itself is. */
const ELSEWHERE = (path: string): boolean =>
  path.startsWith("bootstrap/") ||
  ["lib/keys.sh", "operate/prune.sh", "operate/doctor.sh", "operate/notify.sh"].includes(path);
/** Programs that start another, which is named among their first words. */
const STARTERS = new Set(["timeout", "env", "xargs", "sudo"]);
/** A word from here on belongs to what is started. */
const FAR = 5;
const OF_CONTAINERS = new Set(["caddy", "sh"]);

const shell = spawnSync("bash", ["-c", "compgen -b; compgen -k"], { encoding: "utf8" }).stdout.split("\n");

function literal(word: Word | undefined): string | undefined {
  const parts = word?.Parts ?? [];
  return parts.length === 1 && parts[0]!.Type === "Lit" ? parts[0]!.Value : undefined;
}

function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  yield value as Node;
  for (const inner of Object.values(value)) yield* nodes(inner);
}

/** The first words of all commands, what programs start by themselves, and the functions. */
function read(text: string) {
  const { stdout, status, stderr } = spawnSync("shfmt", ["--to-json"], {
    input: text,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  const called: string[] = [];
  const started: string[] = [];
  const functions: string[] = [];
  for (const { Type, Args, Name, Elems } of nodes(JSON.parse(stdout))) {
    if (Type === "FuncDecl") functions.push(Name!.Value);
    const words = (Type === "CallExpr" ? Args : Elems?.map(({ Value }) => Value))?.map(literal) ?? [];
    const [first = ""] = words;
    if (Type === "CallExpr") called.push(first === "quietly" || first === "exec" ? (words[1] ?? "") : first);
    if (Type !== "CallExpr" && STARTERS.has(first)) started.push(first);
    if (STARTERS.has(first))
      started.push(words.slice(1, FAR).find((word) => word && /^[a-z][a-z0-9_-]*$/.test(word)) ?? "");
    for (const [index, word] of words.entries())
      if (word === "-exec") started.push(words.slice(index + 1).find((one) => one !== "!") ?? "");
  }
  return { called, started, functions };
}

const all = Object.entries(readScripts()).map(([path, text]) => ({ path, ...read(text) }));
const functions = new Set(all.flatMap((part) => part.functions));
const parts = all.filter(({ path }) => !ELSEWHERE(path));
const called = parts.flatMap((part) => part.called).filter((name) => !functions.has(name) && !shell.includes(name));
const programs = new Set(
  [...called, ...parts.flatMap(({ started }) => started)].filter(
    (name) => /^[a-z]/.test(name) && !OF_CONTAINERS.has(name),
  ),
);

describe("the shims of the exhaustive run", () => {
  it("stand before every program that the host's scripts start", () =>
    expect([...programs].filter((name) => !PROGRAMS.some((one) => one === name)).sort()).toEqual([]));
  it("stand before no program that the scripts do not start", () =>
    expect(PROGRAMS.filter((name) => !programs.has(name))).toEqual([]));
  it("know only of shimmed programs which of them write", () =>
    expect([...WRITERS].filter((name) => !PROGRAMS.some((one) => one === name))).toEqual([]));
});
