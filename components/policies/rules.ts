/** All rules, in the order in which they are documented. */
import type { Subject } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { ACT_RULES } from "./rules/act.ts";
import { CREDENTIAL_RULES } from "./rules/credentials.ts";
import { DATA_RULES } from "./rules/data.ts";
import { DEVICE_RULES } from "./rules/devices.ts";
import { ENVIRONMENT_RULES } from "./rules/environments.ts";
import { HARDENING_RULES } from "./rules/hardening.ts";
import { FOLDER_RULES } from "./rules/hostFolders.ts";
import { IMAGE_RULES } from "./rules/images.ts";
import { ISOLATION_RULES } from "./rules/isolation.ts";
import { OPERATION_RULES } from "./rules/operation.ts";
import { PRIVILEGE_RULES } from "./rules/privileges.ts";
import { REPOSITORY_RULES } from "./rules/repository.ts";
import { SIGNATURE_RULES } from "./rules/signatures.ts";
import { WORKFLOW_RULES } from "./rules/workflows.ts";

export const RULES: readonly Rule[] = [
  ...PRIVILEGE_RULES,
  ...FOLDER_RULES,
  ...DEVICE_RULES,
  ...ISOLATION_RULES,
  ...CREDENTIAL_RULES,
  ...HARDENING_RULES,
  ...IMAGE_RULES,
  ...SIGNATURE_RULES,
  ...OPERATION_RULES,
  ...DATA_RULES,
  ...ACT_RULES,
  ...REPOSITORY_RULES,
  ...ENVIRONMENT_RULES,
  ...WORKFLOW_RULES,
];

export const subjectOf = (id: string): Subject | undefined => RULES.find((rule) => rule.id === id)?.subject;
