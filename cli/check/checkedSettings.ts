/** The settings of a stack's file, with a stand-in for what is encrypted or told by a command. */
import { LATER } from "../../components/policies/facts.ts";
import { check } from "../../components/settings/check.ts";
import { toldEntries } from "../../components/settings/commands.ts";
import type { StackSettings } from "./stackSettings.ts";

export const checkedSettings = ({ entries, encrypted }: StackSettings): ReturnType<typeof check> =>
  check(
    toldEntries(entries, () => LATER),
    { folder: process.cwd(), readFile: () => "", unread: LATER, encrypted },
  );
