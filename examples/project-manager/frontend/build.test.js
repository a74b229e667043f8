import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

test("the page names what was built", () => {
  execFileSync(process.execPath, ["build.js"]);
  const page = readFileSync("dist/index.html", "utf8");
  const built = readdirSync("dist").filter((name) => name !== "index.html");
  assert.equal(built.length, 2);
  for (const name of built) assert.ok(page.includes(`"${name}"`), name);
});
