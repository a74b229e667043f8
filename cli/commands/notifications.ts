/** Commands for who is notified of what happens on hosts. */
import type { SlipwayCommand } from "../command.ts";

export function addNotificationCommands(program: SlipwayCommand): void {
  const notifications = program
    .command("notifications")
    .summary("see that those who are to be notified can be")
    .description("Who is notified stands in slipway:notifications; docs/notifications.md tells more.");
  notifications
    .command("test")
    .summary("have each host send a test message to each target")
    .description(
      "Has each host of a stack send a test message to each target of slipway:notifications that it was given by the last `pulumi up`, and tells whether the service took it. An address is never shown. Ends with 1 where one was not taken, or a host could not be asked.",
    )
    .option("--stack <stack>", "the stack (default: the only one that has a file, else the one that is selected)")
    .option("--host <host>", "from this host alone")
    .option("--json", "print what docs/notifications.schema.json describes")
    .examples(
      "slipway notifications test",
      "slipway notifications test --stack prod --host web-1",
      "slipway notifications test --json",
    )
    .runs(async ({ json = false, ...options }) => {
      const [{ testNotifications }, { notificationExitCode, renderNotifications }, { paintOn }] = await Promise.all([
        import("../notifications/test.ts"),
        import("../notifications/report.ts"),
        import("../hosts/table.ts"),
      ]);
      const report = await testNotifications(options);
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : renderNotifications(report, paintOn(process.stdout)),
      );
      return notificationExitCode(report);
    });
}
