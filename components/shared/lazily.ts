/** A module as it is, but loaded when something of it is first used. */
export const lazily = <Module extends object>(load: () => Module): Module =>
  new Proxy({} as Module, { get: (_, name) => Reflect.get(load(), name) });
