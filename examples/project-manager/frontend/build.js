// Puts what is served into dist/, with names that change with the content, so that browsers may keep it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
let page = readFileSync("src/index.html", "utf8");
for (const file of ["app.js", "style.css"]) {
  const content = readFileSync(`src/${file}`);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const name = file.replace(".", `.${hash}.`);
  writeFileSync(`dist/${name}`, content);
  page = page.replaceAll(`"${file}"`, `"${name}"`);
}
writeFileSync("dist/index.html", page);
