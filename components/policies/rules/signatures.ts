/** Images that must be signed. */
import { z } from "../../shared/zod.ts";
import { textAt } from "../facts.ts";
import type { ServiceRule } from "../rule.ts";
import { isPlace, NO_PLACE } from "./images.ts";

/** What says which images must be signed, and how that is verified. */
export const signaturesSchema = z.strictObject({
  repositories: z
    .array(z.string().refine(isPlace, NO_PLACE))
    .default([])
    .describe('Registries and repositories whose images must be signed, like ["ghcr.io/anna"]; default: none'),
  verify: z
    .array(z.string())
    .refine(
      ([tool = "", ...words]) => tool !== "" && words.some((word) => word.includes("{image}")),
      'asks about no image; write the tool and its words, one of them with {image} in it, like ["cosign", "verify", "{image}"]',
    )
    .default(["cosign", "verify", "--key", "cosign.pub", "{image}"])
    .describe(
      "Command that ends with 0 for a signed image; {image} is its reference by digest. It runs in the program's folder, on the machine that runs Pulumi",
    ),
});

export const UNSIGNED = "unsigned-image";

const unsigned: ServiceRule = {
  id: UNSIGNED,
  subject: "application",
  severity: "high",
  title: "Images of the declared repositories are signed",
  reason: "Whoever may write to a registry can put another image behind a tag; only a signature tells who built it.",
  remedy: "sign it in the pipeline that builds it, or have the image deployed that was signed",
  known: ["Scorecard Signed-Releases", "CIS Docker 4.5"],
  settings: signaturesSchema,
  settingsOfProgram: true,
  *service({ name, application }) {
    const why = textAt(application.exceptions.unsigned, name);
    if (why !== undefined) yield `its image is not signed as declared: ${why}`;
  },
};

export const SIGNATURE_RULES = [unsigned];
