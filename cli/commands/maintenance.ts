/** Commands that put a page in the place of an application. */
import type { SlipwayCommand } from "../command.ts";
import type { MaintenanceOptions } from "../maintenance/maintenance.ts";
import type { MaintenanceWords } from "../maintenance/words.ts";
import { STACK } from "./options.ts";

const CODES =
  "Exit codes: 0 done, as each host itself has seen; 1 not done on a host, or not seen to be, as its line says; 2 refused before a host was asked.";

export function addMaintenanceCommands(program: SlipwayCommand): void {
  const maintenance = program
    .command("maintenance")
    .summary("give users a page in place of an application, and the application again")
    .description(
      "While an application is in maintenance, the proxy answers requests for all of its domains with a page and the status 503, and the application goes on to run behind it. Deployments and rollbacks go on to work, are verified, and end no maintenance. It survives restarts; `slipway status` shows it. docs/day-to-day.md tells more.",
    )
    .examples("slipway maintenance on shop", "slipway maintenance off shop");
  maintenance
    .command("on <application>")
    .summary("users get the page")
    .description(
      `Gives users a page in place of the application, on all of its hosts, and sees that they get it. Where it is on already, the page, the time and the addresses are those of this call.\n\n${CODES}`,
    )
    .option("--message <text>", "what the default page says")
    .option("--page <file>", "a page of your own: one file of HTML that needs no other of the application's")
    .option("--retry-after <time>", "when clients are told to come again (default: 10m)")
    .option(
      "--allow <network...>",
      "addresses, or networks like 192.0.2.0/24, whose users get the application all the same",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "on this host alone")
    .examples(
      "slipway maintenance on shop",
      "slipway maintenance on shop --message 'Back at 14:00.' --retry-after 1h",
      "slipway maintenance on shop --page maintenance.html --allow 192.0.2.7 2001:db8::/32",
    )
    .runs(async (application: string, options: MaintenanceWords & MaintenanceOptions) => {
      const [{ maintenanceOf }, { whoAsks }] = await Promise.all([
        import("../maintenance/words.ts"),
        import("../../components/host/freshToken.ts"),
      ]);
      const wanted = maintenanceOf(options, whoAsks());
      return change(application, wanted, options);
    });
  maintenance
    .command("off <application>")
    .summary("users get the application again")
    .description(
      `Gives users the application again, on all of its hosts, and asks it there as a user would before it says so.\n\n${CODES}`,
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "on this host alone")
    .examples("slipway maintenance off shop", "slipway maintenance off shop --host web-1")
    .runs((application: string, options: MaintenanceOptions) => change(application, undefined, options));
}

async function change(
  application: string,
  wanted: Parameters<typeof import("../maintenance/maintenance.ts").maintain>[1],
  options: MaintenanceOptions,
): Promise<number> {
  const [{ maintain, maintainedExitCode, renderMaintained }, { paintOn }] = await Promise.all([
    import("../maintenance/maintenance.ts"),
    import("../hosts/table.ts"),
  ]);
  const all = await maintain(application, wanted, options);
  process.stdout.write(renderMaintained(all, paintOn(process.stdout)));
  return maintainedExitCode(all);
}
