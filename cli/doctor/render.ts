/** A line for each place, and below it what is wrong there, with what mends it. */
import { type Paint, plain } from "../hosts/table.ts";
import type { DoctorReport, Place } from "./report.ts";

export const renderDoctor = ({ places }: DoctorReport, paint: Paint): string =>
  places.map((place) => renderPlace(place, paint)).join("");

function renderPlace({ place, checks }: Place, paint: Paint): string {
  const of = (result: string): string[] => checks.flatMap((one) => (one.result === result ? [one.check] : []));
  const [fine, unknown] = [of("fine"), of("unknown")];
  return [
    `${paint("bold", place)}\n`,
    ...(fine.length === 0 ? [] : [`  ${paint("green", "fine")}: ${fine.join(", ")}\n`]),
    ...(unknown.length === 0 ? [] : [`  ${paint("yellow", "not known")}: ${unknown.join(", ")}\n`]),
    ...checks.flatMap(({ check, found }) =>
      found.flatMap(({ what, mend }) => [`  ${paint("red", check)}: ${plain(what)}\n`, `    mend: ${plain(mend)}\n`]),
    ),
  ].join("");
}
