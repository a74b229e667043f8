/** What is within outputs of the engine. */
import * as pulumi from "@pulumi/pulumi";

/** What an output holds, read without becoming secret, unknown or dependent on a resource. */
interface Within<T> {
  isKnown: Promise<boolean>;
  promise(): Promise<T>;
}

export async function knownOr<T, O>(value: pulumi.Input<T>, otherwise: O): Promise<T | O> {
  const output = pulumi.output(value) as unknown as Within<T>;
  const [isKnown, held] = await Promise.all([output.isKnown, output.promise()]);
  return isKnown ? held : otherwise;
}

/** What holds it, or undefined: why it cannot be known is said where it is needed. */
export const known = <T>(output: pulumi.Output<T>): Promise<T | undefined> =>
  knownOr(output, undefined).catch(() => undefined);

/**
 * Resolves when all commands have ended: with `--continue-on-error`, nothing is known of one that failed.
 * @param needed what they are made of; where that fails, they never end, and this fails too
 */
export async function allSucceeded(
  commands: { stdout: pulumi.Output<string> }[],
  needed: pulumi.Output<unknown>[],
): Promise<boolean> {
  await Promise.all(needed.map((output) => knownOr(output, undefined)));
  const known = await Promise.all(commands.map(({ stdout }) => (stdout as unknown as Within<string>).isKnown));
  return known.every(Boolean);
}
