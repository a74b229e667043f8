/** Commands that look after hosts: what can go, and what is wrong. */
import type { SlipwayCommand } from "../command.ts";
import { STACK } from "./options.ts";

interface PruneWords {
  stack?: string;
  host?: string;
  plan?: boolean;
  yes?: boolean;
  json?: boolean;
}

export function addUpkeepCommands(program: SlipwayCommand): void {
  program
    .command("prune [application]")
    .summary("remove from the hosts what no rollback needs")
    .description(
      "Shows what of an application can go from its hosts, with sizes, and why the rest is kept: releases beyond keepReleases, images that only this application brought and that no kept release names, files and secrets of such releases, folders of old runs. Then it asks, and removes it, by the same rules by which each deployment prunes. Nothing in use is removed, and no data. docs/day-to-day.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "on this host alone")
    .option("--plan", "only show it; nothing is removed")
    .option("-y, --yes", "ask nothing; needed without a terminal")
    .option("--json", "print what docs/prune.schema.json describes; with --plan or --yes")
    .examples("slipway prune --plan", "slipway prune shop --plan --host web-1", "slipway prune shop --yes")
    .runs(
      async (
        application: string | undefined,
        { plan: onlyPlan = false, yes = false, json = false, ...where }: PruneWords,
      ) => {
        const [{ prune }, { pruneExitCode }, { renderPrune, sum }, { paintOn }, { confirmed }] = await Promise.all([
          import("../prune/prune.ts"),
          import("../prune/report.ts"),
          import("../prune/render.ts"),
          import("../hosts/table.ts"),
          import("../deploy/ask.ts"),
        ]);
        if (json && !onlyPlan && !yes) throw new Error("prune: --json asks nothing, so give --plan or --yes with it");
        const ask = onlyPlan ? undefined : confirmed(yes, "give --yes to remove it, or --plan to see it alone");
        const pruning = await prune(application, where);
        const show = (report: Awaited<ReturnType<typeof pruning.plan>>): void => {
          process.stdout.write(
            json ? `${JSON.stringify(report, null, 2)}\n` : renderPrune(report, paintOn(process.stdout)),
          );
        };
        try {
          const plan = await pruning.plan();
          const things = plan.applications.flatMap(({ removes }) => removes);
          if (ask === undefined || (things.length === 0 && !json)) {
            show(plan);
            return pruneExitCode(plan);
          }
          if (!json) show(plan);
          const answer = await ask(`Remove ${sum(things)}?`);
          if (answer !== "yes") return answer === "cancelled" ? 130 : 2;
          const done = await pruning.act(plan);
          const whole = { ...done, unread: [...plan.unread, ...done.unread] };
          show(whole);
          return pruneExitCode(whole);
        } finally {
          pruning.close();
        }
      },
    );
  program
    .command("doctor")
    .summary("find what is wrong with machine, project and hosts")
    .description(
      "Looks at this machine (Node, pulumi, its plugins, git), at the project (settings, stack, state, a lock that was left) and at each host (the way to it, Slipway, Docker, Compose, disk, clock, cron, locks, what an interruption left, registries), changes nothing, and names for each thing that is wrong the command that mends it. Ends with 1 where something is wrong. docs/day-to-day.md lists the checks.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "this host alone")
    .option("--json", "print what docs/doctor.schema.json describes")
    .examples("slipway doctor", "slipway doctor --stack prod --host web-1", "slipway doctor --json")
    .runs(async ({ json = false, ...options }: { stack?: string; host?: string; json?: boolean }) => {
      const [{ doctor }, { doctorExitCode }, { renderDoctor }, { paintOn }] = await Promise.all([
        import("../doctor/doctor.ts"),
        import("../doctor/report.ts"),
        import("../doctor/render.ts"),
        import("../hosts/table.ts"),
      ]);
      const report = await doctor(options);
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : renderDoctor(report, paintOn(process.stdout)),
      );
      return doctorExitCode(report);
    });
}
