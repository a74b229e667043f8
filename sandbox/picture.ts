/** Draws the demo's transcript as a terminal: `node sandbox/picture.ts docs/demo.txt docs/demo.svg`. */
import { readFileSync, writeFileSync } from "node:fs";

const [from = "docs/demo.txt", to = "docs/demo.svg"] = process.argv.slice(2);
const LINE = 17;
const WIDTH = 108;

/** The interesting part of a line; undefined leaves the line out. */
function shorten(line: string): string | undefined {
  const step = /shop-host-1 updating .*?; (.*)$|shop-host-1 creating \(\d+s\) (.*)$/.exec(line);
  if (step) {
    const text = (step[1] ?? step[2])!.trimEnd();
    return text.startsWith("error: Process") || text === "" ? undefined : `    ${text}`;
  }
  if (
    /^\d\. |requests (?:during|were answered)|^\$ pulumi (up|preview)|^\$ curl|^\{"version|^Done|has failed, as it should|^ {2}(rules|environment|secrets|pull request) /.test(
      line,
    )
  )
    return line.replace(/ --config-file \S+| --stack dev/g, "");
  return undefined;
}

function colour(line: string): string {
  if (/^\d\. |^Done/.test(line)) return "#ffffff";
  if (line.startsWith("$")) return "#7ee787";
  if (line.includes("error:")) return "#ff7b72";
  if (/ 0 failed|^0 requests|confirmed|reverted:/.test(line)) return "#79c0ff";
  return "#b1bac4";
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const lines = readFileSync(from, "utf8")
  .split("\n")
  .map(shorten)
  .filter((line) => line !== undefined)
  .flatMap((line) => (/^\d\. /.test(line) ? ["", line] : [line]))
  .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line))
  .slice(1);
const text = lines.map(
  (line, index) =>
    `<text x="16" y="${28 + index * LINE}" fill="${colour(line)}"${/^\d\. /.test(line) ? ' font-weight="bold"' : ""} xml:space="preserve">${escapeXml(line)}</text>`,
);
const height = 36 + lines.length * LINE;
writeFileSync(
  to,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
<rect width="900" height="${height}" rx="8" fill="#0d1117"/>
${text.join("\n")}
</svg>
`,
);
