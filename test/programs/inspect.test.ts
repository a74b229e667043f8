/** What `inspect` tells of the migrations that were applied to an application's data. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { migrates, migratingHost, NOW, one, R1, R2, TARGETED } from "../support/migrations.ts";

const { SHOP, book, release, reset, run, applied } = migratingHost("inspect");
const told = () => {
  const { stdout, stderr } = run("look_host() { SEEN=unknown; }; proxy_answers() { return 1; }; command_inspect");
  if (stdout === "") throw new Error(stderr);
  return parseInspect(stdout).applications.shop!.migrations;
};

beforeEach(() => {
  reset();
  writeFileSync(join(SHOP, "../slipway/host.json"), '{"token": "t", "scripts": "s"}');
  writeFileSync(
    join(SHOP, "deployment.json"),
    JSON.stringify({ release: NOW, version: "1", token: "t", owner: "o", containers: [], upstreams: {} }),
  );
  release(NOW, "1", migrates());
});

it("inspect tells which migrations were applied, and how the newest can be taken back, without its words", () => {
  release(R2, "2", migrates(TARGETED));
  applied(one(NOW, "1"), one(R2, "2", { doubt: "up" }), one(R1, "3", { none: true }));
  expect(told()).toEqual({
    applied: [
      { release: NOW, version: "1" },
      { release: R2, version: "2", doubt: "up" },
      { release: R1, version: "3", none: true },
    ],
    back: "revision",
  });
  release(R2, "2", migrates({ down: ["down", "1"] }));
  expect(told()).toMatchObject({ back: "step" });
});

it("inspect tells of no way back where the newest release has none, or is gone", () => {
  release(R2, "2", migrates());
  applied(one(NOW, "1"), one(R2, "2"));
  expect(told()).not.toHaveProperty("back");
  applied(one(NOW, "1"), one(R1, "2"));
  expect(told()).toMatchObject({ applied: [{}, { version: "2" }] });
  expect(told()).not.toHaveProperty("back");
});

it("inspect tells nothing of an application that never migrated, or whose list cannot be read", () => {
  expect(told()).toBeNull();
  for (const text of ["[", '{"applied": 1}', '{"applied": [{"release": 1}]}', "[]"]) {
    writeFileSync(book, text);
    expect(told()).toBeNull();
  }
});

it("inspect --details tells which releases are kept, with the images of their services", () => {
  const details = (): unknown => {
    const { stdout } = run("look_host() { SEEN=unknown; }; proxy_answers() { return 1; }; command_inspect --details");
    return parseInspect(stdout).applications.shop!.kept;
  };
  const images = ["ghcr.io/anna/shop@sha256:1", "docker.io/library/postgres@sha256:2"];
  release(NOW, "1", { images, pins: { "postgres:16": images[1] } }, 2);
  release(R1, "0", { images: [images[0]] }, 1);
  release(R2, "2", { images });
  expect(details()).toEqual([
    { release: NOW, version: "1", images: [images[0]] },
    { release: R1, version: "0", images: [images[0]] },
  ]);
  writeFileSync(join(SHOP, "releases", NOW, "manifest.json"), "{");
  expect(details()).toEqual([{ release: R1, version: "0", images: [images[0]] }]);
});
