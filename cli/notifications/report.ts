/** What became of test messages, host by host. */
import { z } from "zod";
import { type Paint, plain, renderTable, UNKNOWN } from "../hosts/table.ts";

const hostSchema = z.strictObject({
  name: z.string(),
  problem: z.string().optional().describe("Why it sent nothing."),
  targets: z.array(
    z.strictObject({
      target: z.string().describe("Its name in slipway:notifications."),
      kind: z.string().describe("The scheme of its address, like slack; empty where the host has it no more."),
      taken: z.boolean().describe("Whether the service took the message."),
      why: z.string().optional().describe("Why it did not."),
    }),
  ),
});

export const notificationReportSchema = z.strictObject({ stack: z.string(), hosts: z.array(hostSchema) });
export type NotificationReport = z.infer<typeof notificationReportSchema>;
export type TestedTarget = z.infer<typeof hostSchema>["targets"][number];

export const notificationJsonSchema = (): object => ({
  title: "What `slipway notifications test --json` prints",
  ...z.toJSONSchema(notificationReportSchema, { io: "input" }),
});

const lineSchema = z.object({ target: z.string(), kind: z.string(), why: z.string() });

/** @throws Error for what a host of another version may have printed */
export function parseTested(output: string): TestedTarget[] {
  const lines = output.split("\n").filter((line) => line !== "");
  try {
    return lines
      .map((line) => lineSchema.parse(JSON.parse(line)))
      .map(({ target, kind, why }) => ({ target, kind, taken: why === "", ...(why === "" ? {} : { why }) }))
      .sort((a, b) => (a.target < b.target ? -1 : 1));
  } catch {
    throw new Error("its slipway said something that this version does not understand; run pulumi up");
  }
}

export const notificationExitCode = ({ hosts }: NotificationReport): number =>
  hosts.some(({ problem, targets }) => problem !== undefined || targets.some(({ taken }) => !taken)) ? 1 : 0;

export function renderNotifications({ hosts }: NotificationReport, paint: Paint): string {
  const rows = hosts.flatMap(({ name, problem, targets }) =>
    problem === undefined
      ? targets.map(({ target, kind, taken, why }) => [
          name,
          target,
          kind || UNKNOWN,
          taken ? paint("green", "taken") : paint("red", `not taken: ${plain(why!)}`),
        ])
      : [[name, UNKNOWN, UNKNOWN, paint("red", plain(problem))]],
  );
  return renderTable([["HOST", "TARGET", "KIND", ""], ...rows]);
}
