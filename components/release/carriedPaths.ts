import { FILES, SECRETS } from "../application/cargo.ts";
import type { CarriedFiles, CarriedSecret } from "../application/model.ts";
import type { Stack } from "./model.ts";

/** Where files that go with a release lie on the host. */
export const filePath = ({ directory }: Pick<Stack, "directory">, { at }: CarriedFiles): string =>
  `${directory}/${FILES}/${at}`;
export const secretPath = ({ directory }: Pick<Stack, "directory">, { at }: CarriedSecret): string =>
  `${directory}/${SECRETS}/${at}`;
