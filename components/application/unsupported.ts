/** What Compose does by itself and a deployment does not do: it must not vanish silently. */
import type { ComposeService } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";

export function checkSupported(problems: Problems, name: string, service: ComposeService): void {
  if (service.provider !== undefined)
    problems.at(
      `services.${name}.provider`,
      "is a program on the machine that runs Compose, which a release does not bring; run the service from an image, or provide what it does on the host and pass its address on as a variable",
    );
  for (const file of [service.env_file ?? []].flat()) {
    if (typeof file === "object" && file.format !== undefined && /^(\.\/)?\.env$/.test(file.path))
      problems.add(
        `services.${name}.env_file`,
        file.format,
        "is not the format of a release's .env, which Slipway writes from the settings; take `format` out",
      );
  }
}
