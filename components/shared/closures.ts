/**
 * Pulumi's SDK loads in every program what turns functions into text, with a compiler and most of npm: more than half of
 * its own start. Only dynamic providers use it, so it is loaded by their first call. Needs to run before the SDK is loaded.
 */
import { createRequire } from "node:module";

type Functions = Record<PropertyKey, (...args: unknown[]) => unknown>;

const require = createRequire(import.meta.url);

for (const name of ["serializeClosure", "codePaths"]) {
  const path = require.resolve(`@pulumi/pulumi/runtime/closure/${name}`);
  if (path in require.cache) continue;
  let loaded: Functions | undefined;
  const load = (): Functions => {
    if (loaded === undefined) delete require.cache[path];
    loaded ??= require(path) as Functions;
    return loaded;
  };
  // The SDK takes the functions at once and calls them later.
  const exports = new Proxy({} as Functions, {
    get:
      (_, key) =>
      (...args: unknown[]) =>
        load()[key]!(...args),
  });
  require.cache[path] = { id: path, filename: path, path, loaded: true, exports } as NodeJS.Module;
}
