import assert from "node:assert/strict";
import { test } from "node:test";
import { site } from "../build.js";
import { Notes, send } from "../src/notes.js";

test("the site tells its version, and refers to files that it has", () => {
  const files = site("1.2.3", "abc");
  assert.deepEqual(JSON.parse(files["version.json"]), { version: "1.2.3", commit: "abc" });
  const named = Object.values(files).flatMap((text) =>
    [...text.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, path]) => path),
  );
  assert.equal(named.length, 3);
  for (const path of named) assert.ok(path in files, path);
});

test("a note that is told of twice is shown once, the newest first", () => {
  const notes = new Notes().add({ id: 1, text: "one" }, { id: 2, text: "two" }).add({ id: 1, text: "one" });
  assert.deepEqual(notes.texts, ["two", "one"]);
});

test("what the API refuses is an error in its words", async () => {
  const refuses = async () => ({ ok: false, status: 409, json: async () => ({ detail: "is there already" }) });
  await assert.rejects(send("one", refuses), /is there already/);
  const takes = async (path, { body }) => ({ ok: true, json: async () => ({ id: 1, ...JSON.parse(body), path }) });
  assert.deepEqual(await send("one", takes), { id: 1, text: "one", path: "/api/v1/notes" });
});
