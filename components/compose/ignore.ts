/**
 * What stays out of a folder, in the syntax of a `.dockerignore` (https://docs.docker.com/build/concepts/context/#syntax):
 * comments, `*`, `?`, `**` and `!`; the last pattern that fits a path or a folder above it decides. Classes of
 * characters (`[a-z]`) are not read: a bracket is a bracket.
 */

/** What nobody means to send; a later `!` takes it in again. */
const ALWAYS = ["**/.git", "**/node_modules", "**/.DS_Store", "**/.gitignore", "**/.gitkeep", "**/.keep"];

interface Pattern {
  isExcluded: boolean;
  test: RegExp;
}

function patternOf(line: string): Pattern | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  const isExcluded = !text.startsWith("!");
  const path = (isExcluded ? text : text.slice(1).trim()).replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  if (path === "" || path === ".") return undefined;
  const expression = Array.from(path.matchAll(/\*\*\/|\*\*|\*|\?|\\.|./gsu), ([part]) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return (part.length > 1 && part.startsWith("\\") ? part.slice(1) : part).replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&");
  });
  return { isExcluded, test: new RegExp(`^${expression.join("")}$`, "su") };
}

/** The path itself, and the folders above it. */
const upwards = (path: string): string[] => {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};

/**
 * @param text of an ignore file
 * @returns whether a path, relative to the folder of that file, is excluded
 */
export function exclusions(text = ""): (path: string) => boolean {
  const patterns = [...ALWAYS, ...text.replace(/^\ufeff/, "").split(/\r?\n/)].flatMap((line) => patternOf(line) ?? []);
  return (path) => {
    const places = upwards(path);
    return patterns.reduce(
      (excluded, pattern) => (places.some((place) => pattern.test.test(place)) ? pattern.isExcluded : excluded),
      false,
    );
  };
}
