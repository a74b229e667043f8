/** The question before something is done. */

export type Answer = "yes" | "no" | "cancelled";

const OF_A_DEPLOYMENT = "give --yes to deploy what the plan shows (pulumi preview shows it alone)";

/**
 * @param yes nothing is asked
 * @param remedy what to do without a terminal
 * @throws Error where there is nobody to ask
 */
export function confirmed(yes: boolean, remedy = OF_A_DEPLOYMENT): (question: string) => Promise<Answer> {
  if (yes) return async () => "yes";
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new Error(`there is no terminal to ask at; ${remedy}`);
  return async (message) => {
    const { confirm, isCancel } = await import("@clack/prompts");
    const answer = await confirm({ message, initialValue: false });
    return isCancel(answer) ? "cancelled" : answer ? "yes" : "no";
  };
}
