/** Commands that concern a whole host, as strings. */
import { quote } from "./shell.ts";

/** Takes the proxy away when no application is left; keeps folders and Docker. */
export function retireCommand(root: string): string {
  return `${quote(`${root}/slipway/bin/slipway`)} retire`;
}
