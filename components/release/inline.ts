/**
 * Configs and secrets whose content stands in the document or in a variable. Compose itself writes them into a
 * container when it starts it; a rollout starts the containers of own services, so theirs become files of the release.
 */
import { placedFiles, placedSecret } from "../application/cargo.ts";
import { readerOf, readersOf } from "../application/carriedSecrets.ts";
import type { Carried } from "../application/model.ts";
import { interpolate, mentionedVariables } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { omit } from "../shared/records.ts";
import { filePath, secretPath } from "./carriedPaths.ts";
import { environmentOf } from "./envFile.ts";
import type { Stack } from "./model.ts";

type Kind = "secrets" | "configs";
type Definition = NonNullable<ComposeDocument["configs"]>[string];

export function withInlineFiles(stack: Stack): Stack {
  const files = [...stack.carried.files];
  const secrets = [...stack.carried.secrets];
  const changed = (kind: Kind) =>
    stack.document[kind] && {
      [kind]: Object.fromEntries(
        Object.entries(stack.document[kind]).map(([name, definition]) => {
          const carried = inlineFile(stack, kind, name, definition);
          if (carried === undefined) return [name, definition];
          files.push(...carried.files);
          secrets.push(...carried.secrets);
          const [file] = [
            ...carried.files.map((one) => filePath(stack, one)),
            ...carried.secrets.map((one) => secretPath(stack, one)),
          ];
          return [name, { ...omit(definition as Definition, "content", "environment"), file: file! }];
        }),
      ),
    };
  const parts = { ...changed("secrets"), ...changed("configs") };
  if (files.length + secrets.length === stack.carried.files.length + stack.carried.secrets.length) return stack;
  return { ...stack, document: { ...stack.document, ...parts }, carried: { files, secrets } };
}

/** Undefined for one that Compose takes care of, or that is a file already. */
function inlineFile(stack: Stack, kind: Kind, name: string, definition: Definition): Carried | undefined {
  const { content, environment: variable } = definition;
  if (content === undefined && variable === undefined) return undefined;
  const readers = readersOf(stack.document, kind, name, stack.variables);
  if (!readers.some((reader) => stack.services.some((own) => own.name === reader))) return undefined;
  const variables = environmentOf(stack);
  const bytes = Buffer.from(content === undefined ? (variables[variable!] ?? "") : interpolate(content, variables));
  const mentioned = content === undefined ? [variable!] : mentionedVariables(content);
  if (kind === "configs" && !mentioned.some((one) => Object.hasOwn(stack.secrets, one))) {
    const executable = isExecutable(stack, kind, name);
    return {
      files: [placedFiles(`configs.${name}`, "file", [{ path: name, content: bytes, executable }])],
      secrets: [],
    };
  }
  const reader = readerOf(stack.document, readers, stack.variables);
  return { files: [], secrets: [placedSecret(stack.application, { name: `${kind}.${name}`, content: bytes, reader })] };
}

/** A grant may ask for a mode, like 0755. */
const isExecutable = (stack: Stack, kind: Kind, name: string): boolean =>
  Object.values(stack.document.services).some((service) =>
    (service[kind] ?? []).some((grant) => {
      if (typeof grant === "string" || grant.source !== name) return false;
      const mode: unknown = (grant as { mode?: unknown }).mode;
      return (Number(typeof mode === "string" ? `0o${mode.replace(/^0o?/, "")}` : (mode ?? 0)) & 0o111) !== 0;
    }),
  );
