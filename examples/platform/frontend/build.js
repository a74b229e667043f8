/** Builds the site: each module under a name with its content's hash, so that browsers may keep it for ever. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const source = (name) => readFileSync(new URL(`src/${name}`, import.meta.url), "utf8");

/** @returns {Record<string, string>} the files of the site, by path */
export function site(version, commit) {
  const files = { "version.json": `${JSON.stringify({ version, commit })}\n` };
  const keep = (name, text) => {
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
    const path = `assets/${name.replace(/\.(\w+)$/, `-${hash}.$1`)}`;
    files[path] = text;
    return `/${path}`;
  };
  const notes = keep("notes.js", source("notes.js"));
  const app = keep("app.js", source("app.js").replaceAll("./notes.js", notes));
  const style = keep("style.css", source("style.css"));
  files["index.html"] = source("index.html").replace("app.js", app).replace("style.css", style);
  return files;
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "site";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "assets"), { recursive: true });
  const { VERSION = "0.0.0", COMMIT = "unknown" } = process.env;
  for (const [path, text] of Object.entries(site(VERSION, COMMIT))) writeFileSync(join(folder, path), text);
}
