/** Modules of Pulumi's SDK that every program loads and hardly one uses. */
import { createRequire } from "node:module";

type Functions = Record<PropertyKey, (...args: unknown[]) => unknown>;

const require = createRequire(import.meta.url);
const ofSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/**
 * Has a module loaded by the first call of one of its functions. Needs to run before the module is loaded.
 * @param name as the SDK itself names it; a version of the SDK that has no such module stays as it is
 * @param without functions that stand for the module's own, and need nothing of it
 */
export function putOff(name: string, without: Functions = {}): void {
  let path: string;
  try {
    path = ofSdk.resolve(name);
  } catch {
    return;
  }
  if (path in require.cache) return;
  let loaded: Functions | undefined;
  const load = (): Functions => {
    if (loaded === undefined) delete require.cache[path];
    loaded ??= require(path) as Functions;
    return loaded;
  };
  // The SDK takes the functions at once and calls them later.
  const exports = new Proxy(without, {
    get:
      (own, key) =>
      (...args: unknown[]) =>
        (own[key] ?? load()[key])!(...args),
  });
  require.cache[path] = { id: path, filename: path, path, loaded: true, exports } as NodeJS.Module;
}
