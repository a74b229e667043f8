/**
 * Whether a name matches a pattern as GitHub documents it for rulesets, classic protection and environments: Ruby's
 * `File.fnmatch` with FNM_PATHNAME. A `*` does not match a slash, `**` followed by a slash matches any number of folders, and
 * neither matches a leading period.
 */
export function fnmatch(pattern: string, name: string): boolean {
  let expression = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const begins = at === 0 || pattern[at - 1] === "/";
    const set = /^\[([!^]?)([^\]/]+)\]/.exec(rest);
    if (begins && rest.startsWith("**/")) {
      expression += "(?:(?!\\.)[^/]+/)*";
      at += 3;
    } else if (rest[0] === "*") {
      expression += `${begins ? "(?!\\.)" : ""}[^/]*`;
      at += /^\*+/.exec(rest)![0].length;
    } else if (rest[0] === "?") {
      expression += `${begins ? "(?!\\.)" : ""}[^/]`;
      at += 1;
    } else if (set) {
      expression += `(?!/)[${set[1] === "" ? "" : "^"}${set[2]!.replace(/[\\^]/g, "\\$&")}]`;
      at += set[0].length;
    } else {
      const escaped = rest[0] === "\\" && rest.length > 1;
      expression += (escaped ? rest[1]! : rest[0]!).replace(/[.+*?^${}()|[\]\\]/g, "\\$&");
      at += escaped ? 2 : 1;
    }
  }
  return new RegExp(`^${expression}$`, "s").test(name);
}
