/** GitHub's expressions, as far as names, environments and conditions of jobs need them. Source: docs.github.com, "Evaluate expressions". */

export type Value = string | number | boolean | null | { [key: string]: Value };

export interface Scope {
  /** `github`, `inputs`, `needs`, `vars`. What is not in it is null, as GitHub has it. */
  contexts: Record<string, Value>;
  /** What became of the needed jobs together. */
  status: "success" | "failure" | "skipped";
}

const TOKENS = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(&&|\|\||[!=<>]=|[!<>().,[\]*]))/y;

/** What the sandbox cannot compute: a function or an operator that it does not know. */
export class Unknown extends Error {}

const truthy = (value: Value): boolean => value !== null && value !== false && value !== 0 && value !== "";
const textOf = (value: Value): string => (value === null ? "" : String(value));
const lower = (value: Value): Value => (typeof value === "string" ? value.toLowerCase() : value);
const same = (a: Value, b: Value): boolean =>
  typeof a === typeof b ? lower(a) === lower(b) : Number(textOf(a)) === Number(textOf(b));

function call(name: string, args: Value[], { status }: Scope): Value {
  const [first = null, second = null, ...others] = args;
  const [a, b] = [textOf(first).toLowerCase(), textOf(second).toLowerCase()];
  switch (name.toLowerCase()) {
    case "always":
      return true;
    case "cancelled":
      return false;
    case "success":
      return status === "success";
    case "failure":
      return status === "failure";
    case "startswith":
      return a.startsWith(b);
    case "endswith":
      return a.endsWith(b);
    case "contains":
      return a.includes(b);
    case "format":
      return textOf(first).replace(/\{(\d+)\}/g, (_, index: string) =>
        textOf([second, ...others][Number(index)] ?? null),
      );
    default:
      throw new Unknown(`the function ${name}`);
  }
}

/** The value of an expression without its `${{ }}`. */
export function evaluate(text: string, scope: Scope): Value {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  for (let found = TOKENS.exec(text); found; found = TOKENS.exec(text)) tokens.push(found[0].trim());
  if (tokens.join("") !== text.replace(/'(?:[^']|'')*'|\s+/g, (part) => (part.startsWith("'") ? part : "")))
    throw new Unknown(text);
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && (at++, true);
  const need = (token: string): void => {
    if (!take(token)) throw new Unknown(`${text}: no "${token}" at ${tokens[at] ?? "its end"}`);
  };
  const either = (): Value => {
    let left = both();
    while (take("||")) {
      const right = both();
      left = truthy(left) ? left : right;
    }
    return left;
  };
  const both = (): Value => {
    let left = equal();
    while (take("&&")) {
      const right = equal();
      left = truthy(left) ? right : left;
    }
    return left;
  };
  const equal = (): Value => {
    let left = one();
    for (;;) {
      if (take("==")) left = same(left, one());
      else if (take("!=")) left = !same(left, one());
      else return left;
    }
  };
  const one = (): Value => {
    if (take("!")) return !truthy(one());
    if (take("(")) {
      const inner = either();
      need(")");
      return inner;
    }
    const token = tokens[at++];
    if (token === undefined) throw new Unknown(`${text}: ends too soon`);
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^-?\d/.test(token)) return Number(token);
    if (!/^[A-Za-z_]/.test(token)) throw new Unknown(`${text}: "${token}"`);
    if (["true", "false", "null"].includes(token)) return JSON.parse(token) as Value;
    return tokens[at] === "(" ? called(token) : path(token);
  };
  const called = (name: string): Value => {
    need("(");
    const args: Value[] = [];
    while (!take(")")) {
      args.push(either());
      if (tokens[at] !== ")") need(",");
    }
    return call(name, args, scope);
  };
  const path = (first: string): Value => {
    let value: Value = scope.contexts[first] ?? null;
    while (take(".")) {
      const key = tokens[at++] ?? "";
      value = (typeof value === "object" && value !== null && Object.hasOwn(value, key) ? value[key] : null) ?? null;
    }
    return value;
  };
  const value = either();
  if (at < tokens.length) throw new Unknown(`${text}: "${tokens[at]}"`);
  return value;
}

/** A text with its expressions replaced by their values. */
export const filled = (text: string, scope: Scope): string =>
  text.replace(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => textOf(evaluate(inner, scope)));

/** Whether a condition holds; one without a status function also needs success. */
export function holds(condition: string | undefined, scope: Scope): boolean {
  const text = (condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  return (
    truthy(evaluate(text, scope)) && (/\b(always|cancelled|failure|success)\(/.test(text) || scope.status === "success")
  );
}
