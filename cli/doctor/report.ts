/** What the doctor found, for scripts. */
import { z } from "../../components/shared/zod.ts";

const foundSchema = z.strictObject({
  what: z.string().describe("What is wrong."),
  mend: z.string().describe("The command, or the step, that mends it."),
});

const checkedSchema = z.strictObject({
  check: z.string().describe("Its name, as docs/day-to-day.md lists it."),
  result: z.enum(["fine", "wrong", "unknown"]).describe("unknown: what it needs could not be read."),
  found: z.array(foundSchema),
});

const placeSchema = z.strictObject({
  place: z.string().describe("This machine, the project, or a host's name."),
  kind: z.enum(["machine", "project", "host"]),
  checks: z.array(checkedSchema),
});

export const doctorReportSchema = z.strictObject({
  stack: z.string().optional().describe("Absent where none could be chosen."),
  places: z.array(placeSchema),
});

export type Found = z.output<typeof foundSchema>;
export type Place = z.output<typeof placeSchema>;
export type DoctorReport = z.output<typeof doctorReportSchema>;

export const doctorExitCode = ({ places }: DoctorReport): number =>
  places.some(({ checks }) => checks.some(({ result }) => result === "wrong")) ? 1 : 0;

export const doctorJsonSchema = (): object => ({
  title: "What `slipway doctor --json` prints",
  ...z.toJSONSchema(doctorReportSchema, { io: "input" }),
});
