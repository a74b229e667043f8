// Puts what is served into a folder (dist), with names that change with the content, so that browsers may keep it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "src");
const target = process.argv[2] ?? join(import.meta.dirname, "dist");
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
let page = readFileSync(join(source, "index.html"), "utf8");
for (const file of ["app.js", "style.css"]) {
  const content = readFileSync(join(source, file));
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const name = file.replace(".", `.${hash}.`);
  writeFileSync(join(target, name), content);
  page = page.replaceAll(`"${file}"`, `"${name}"`);
}
writeFileSync(join(target, "index.html"), page);
