/** Variables in a Compose file (https://docs.docker.com/reference/compose-file/interpolation/). */

/** A default may hold variables of its own, in braces. */
const VARIABLE =
  /\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Replaces variables as Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `$$`.
 */
export function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(VARIABLE, (_, dollar, braced, operator, operand, bare) => {
    if (dollar) return "$";
    const value = variables[String(braced ?? bare)];
    const missing = value === undefined || (String(operator ?? "").startsWith(":") && value === "");
    if (operator?.endsWith("-")) return missing ? interpolate(operand, variables) : value;
    if (operator?.endsWith("+")) return missing ? "" : interpolate(operand, variables);
    return value ?? "";
  });
}

/** Variables that a document needs: used somewhere without a default. Sorted. `known` are those that have a value. */
export function neededVariables(document: unknown, known: string[] = []): string[] {
  const inText = (text: string): string[] =>
    Array.from(text.matchAll(VARIABLE)).flatMap(([, dollar, braced, operator, operand, bare]) => {
      const name = (braced ?? bare)!;
      if (dollar) return [];
      if (operator?.endsWith("-")) return known.includes(name) ? [] : inText(operand!);
      if (operator?.endsWith("+")) return known.includes(name) ? inText(operand!) : [];
      return [name];
    });
  return [...new Set(inText(JSON.stringify(document)))].sort();
}

/** Variables that a document mentions anywhere, also within the defaults of others. */
export const mentionedVariables = (document: unknown): string[] => [
  ...new Set(
    Array.from(JSON.stringify(document).matchAll(/\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))/g), ([, name]) => name).filter(
      (name) => name !== undefined,
    ),
  ),
];
