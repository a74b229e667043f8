/** Commands that concern a whole host, as strings. */
import { quote } from "../shared/shell.ts";

/**
 * Ends the stack's deploy keys, and takes the proxy away when no application is left; keeps folders and Docker.
 * @param stack "<project>/<stack>"
 */
export function retireCommand(root: string, stack: string): string {
  return `${quote(`${root}/slipway/bin/slipway`)} retire --stack ${quote(stack)}`;
}
