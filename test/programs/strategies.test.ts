/** A strategy is one file of the host's scripts; the rest of a rollout asks each of those that there are. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const SCRIPTS = "components/host/scripts";
const FOLDER = join(SCRIPTS, "rollout/strategies");
const { run, release } = hostShell("strategies");
const manifest = (strategy: string): object => ({
  release: "0123456789ab",
  version: "1.0.0",
  images: [],
  services: [
    { name: "web", strategy: "rolling" },
    { name: "jobs", strategy },
  ],
});

const functionsOf = (file: string): string[] =>
  Array.from(readFileSync(join(FOLDER, file), "utf8").matchAll(/^(\w+)\(\)/gm), ([, name]) => name!).sort();
const files = readdirSync(FOLDER);

describe("strategies", () => {
  it("have functions of the same shape", () => {
    const shapes = files.map((file) => {
      const strategy = file.replace(".sh", "");
      return functionsOf(file)
        .filter((name) => name.startsWith(`${strategy}_`))
        .map((name) => name.slice(strategy.length));
    });
    expect(shapes[0]!.length).toBeGreaterThan(3);
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  });
  it("are named in their own files alone", () => {
    const others = readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".sh") && !path.includes("strategies/"))
      .filter((path) => /^[^#]*(?<![-\w])(rolling|recreate)\b/m.test(readFileSync(join(SCRIPTS, path), "utf8")));
    expect(others).toEqual([]);
  });
  it("that the host knows are its files", () =>
    expect(run('printf "%s\\n" "${STRATEGIES[@]}"').stdout.trim().split("\n")).toEqual(
      files.map((file) => file.replace(".sh", "")),
    ));
});

it("each of several containers is verified by itself, the one last that is offered to users first", () => {
  const services = {
    web: { upstream: "shop.web", replicas: "3" },
    api: { upstream: "shop.api" },
    jobs: { replicas: "9" },
  };
  const values = Object.entries(services).flatMap(([name, service]) =>
    Object.entries(service).map(([key, value]) => `J[".after.services.${name}.${key}"]=${value}`),
  );
  const { stdout } = run(
    `declare -A J=(); ${values.join("; ")}; J[".after.services@"]=$'web\\napi\\njobs'; offer_candidates() { echo "offer $*"; }; verify_candidate() { echo verify; }; verify_command() { echo command; }; verify_unseen`,
  );
  const each = [3, 2, 1].flatMap((number) => [`offer ${number} web api jobs`, "verify"]);
  expect(stdout.trim().split("\n")).toEqual([...each, "command"]);
});

describe("a service whose strategy the host does not know", () => {
  const REFUSED =
    /^error: jobs of shop wants the strategy canary, which this host does not know \(it knows: recreate rolling\); run pulumi up with .* Nothing was changed\.\n$/;

  it("is refused when its release arrives, before an image is pulled", () => {
    release(manifest("canary"));
    const { stderr, code } = run(
      "read_manifest $RELEASE; ask_at_once() { ANSWERS=({}); }; room_for() { :; }; write_release() { :; }; write_secret_files() { :; }; pull_images() { echo pulled; }; stage $RELEASE",
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(REFUSED);
  });
  it("is refused before the rollout of a kept release", () => {
    release(manifest("canary"));
    const { stderr } = run("compose() { echo '{\"services\":{}}'; }; read_manifest $RELEASE; preflight");
    expect(stderr).toMatch(REFUSED);
  });
  it("is not refused when the host knows it", () => {
    release(manifest("recreate"));
    const { stderr, code } = run(
      "read_manifest $RELEASE; ask_at_once() { ANSWERS=({}); }; room_for() { :; }; write_release() { :; }; write_secret_files() { :; }; pull_images() { echo pulled; }; stage $RELEASE",
    );
    expect([code, stderr]).toEqual([0, ""]);
  });
});
