/**
 * The parts of a short notation, like `8080:80`, before its variables are replaced: a colon within `${NAME:-default}`
 * or within the brackets of an IPv6 address separates nothing.
 */
export function shortParts(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [token] of text.matchAll(/\$\$|\$\{|^\[[^\]]*\]|./gs)) {
    if (token === "${" || (token === "{" && depth > 0)) depth++;
    else if (token === "}" && depth > 0) depth--;
    if (token === ":" && depth === 0) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts;
}
