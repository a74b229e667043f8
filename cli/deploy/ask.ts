/** The question before a deployment. */

export type Answer = "yes" | "no" | "cancelled";

/**
 * @param yes nothing is asked
 * @throws Error where there is nobody to ask
 */
export function confirmed(yes: boolean): (question: string) => Promise<Answer> {
  if (yes) return async () => "yes";
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new Error(
      "there is no terminal to ask at; give --yes to deploy what the plan shows (pulumi preview shows it alone)",
    );
  return async (message) => {
    const { confirm, isCancel } = await import("@clack/prompts");
    const answer = await confirm({ message, initialValue: false });
    return isCancel(answer) ? "cancelled" : answer ? "yes" : "no";
  };
}
