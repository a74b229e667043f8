/** The words of `exec` and `run`: what is Slipway's stands before `--`, what is the command's after it. */

export interface Words {
  service?: string;
  /** Undefined: none was given. */
  words?: string[];
}

/**
 * @param given all words of the command line
 * @param operands what commander made of those that are no options, without the application; it takes `--` away
 * @throws Error where something stands in the place of the service that is none
 */
export function wordsOf(given: readonly string[], operands: readonly string[], name: string): Words {
  const at = given.indexOf("--");
  const words = at === -1 ? [] : given.slice(at + 1);
  const [service, ...more] = operands.slice(0, operands.length - words.length);
  if (more.length > 0)
    throw new Error(
      `${name}: what is to run stands after --, like slipway ${name} ${given[1] ?? "shop"} ${service} -- ${more.join(" ")}`,
    );
  return { ...(service === undefined ? {} : { service }), ...(words.length === 0 ? {} : { words }) };
}

/** The best shell that a container has. */
export const SHELL = ["sh", "-c", "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi"];
