/** Whoever is to know how a deployment goes is told by hooks of the engine, so that `pulumi up` tells as `slipway deploy` does. */
import * as pulumi from "@pulumi/pulumi";

/** Is told of one deployment. Neither call fails; both end within a bounded time. */
export interface Watcher {
  /** Some host is about to be deployed to. Called again for each further step. */
  begins(): void;
  /** All hosts have confirmed, or something failed. Only the first call counts, and none does before `begins`. */
  ends(succeeded: boolean): Promise<void>;
}

export interface Watched {
  /** Options of each command of the deployment. */
  options: Pick<pulumi.CustomResourceOptions, "hooks">;
  ends: Watcher["ends"];
}

/**
 * What tells the watcher of a deployment; at a preview nothing. That it succeeded, no single command knows.
 * @param name of the deployment, the only one of its name in the program
 */
export function watchedBy(name: string, watcher: Watcher | undefined): Watched {
  if (watcher === undefined || pulumi.runtime.isDryRun()) return { options: {}, ends: async () => {} };
  const begins = () => watcher.begins();
  const failed = new pulumi.ErrorHook(`${name}-failed`, async () => {
    await watcher.ends(false);
    return false;
  });
  const hooks = { beforeCreate: [begins], beforeUpdate: [begins], onError: [failed] };
  return { options: { hooks }, ends: (succeeded) => watcher.ends(succeeded) };
}
