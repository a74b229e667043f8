/** Limits that cost an application nothing, and a break-in much. */
import { at, textAt, wordsAt } from "../facts.ts";
import type { ServiceRule } from "../rule.ts";

const noNewPrivileges: ServiceRule = {
  id: "no-new-privileges",
  subject: "application",
  severity: "medium",
  title: "No service gains rights after its start",
  reason: "A program with the setuid bit makes its user root: without this limit every one in the image is a step up.",
  remedy: "add security_opt: [no-new-privileges:true]",
  known: [
    "compose-lint CL-0003",
    "CIS Docker 5.26",
    "KICS No New Privileges Not Set",
    "CKV_K8S_20",
    "OWASP Docker rule 4",
  ],
  *service({ shown }) {
    if (!wordsAt(shown, "security_opt").some((word) => /^no-new-privileges(?:[:=]true)?$/i.test(word)))
      yield "security_opt has no no-new-privileges";
  },
};

/** As a container's runtime reads a user: "0", "000", "+0" and "root" are the same. */
const isRoot = (user: string): boolean => /^(?:root|[+-]?0+)$/i.test(user.split(":")[0]!.trim());

const rootUser: ServiceRule = {
  id: "root-user",
  subject: "application",
  severity: "medium",
  title: "No service is made to run as root",
  reason:
    "Root in a container is root of the host as soon as it finds a way out. Which user an image itself chooses is not known before it is pulled, so a service without a user is not judged.",
  remedy: "leave user out, or write one without rights, like 10001:10001",
  known: [
    "compose-lint CL-0018",
    "CIS Docker 4.1",
    "CKV_DOCKER_8",
    "CKV_K8S_23",
    "hadolint DL3002",
    "OWASP Docker rule 2",
  ],
  *service({ shown }) {
    if (isRoot(textAt(shown, "user") ?? "")) yield "user is root";
  },
};

const capabilityDrop: ServiceRule = {
  id: "capability-drop",
  subject: "application",
  severity: "medium",
  title: "Every service gives up the capabilities that it does not need",
  reason:
    "Docker gives every container 14 capabilities; most programs need none. Images that start as root and change to another user need a few: CHOWN, SETUID, SETGID.",
  remedy: "add cap_drop: [ALL], and with cap_add what it needs",
  known: [
    "compose-lint CL-0006",
    "CIS Docker 5.4",
    "KICS Container Capabilities Unrestricted",
    "CKV_K8S_37",
    "OWASP Docker rule 3",
  ],
  *service({ shown }) {
    const isDropped = ["ALL", "all", "CAP_ALL"].some((name) => at(shown, "capabilities", name) === "dropped");
    if (!isDropped) yield "cap_drop does not name ALL";
  },
};

/** A limit of Compose's old keys, or of `deploy`; 0 and -1 are none. */
const isLimited = (shown: Parameters<typeof textAt>[0], name: string): boolean =>
  [textAt(shown, "limits", name), textAt(shown, "deploy", "resources", "limits", name)].some(
    (limit) => limit !== undefined && !/^(?:|-1|0+(?:\.0+)?\s*[a-z]*)$/i.test(limit),
  );

const memoryLimit: ServiceRule = {
  id: "memory-limit",
  subject: "application",
  severity: "medium",
  title: "Every service has a limit of memory",
  reason: "Without one a single service takes the memory of the whole host, and the kernel stops others for it.",
  remedy: 'add one, like memory: "512m", or mem_limit in a Compose file',
  known: ["compose-lint CL-0026", "CIS Docker 5.11", "KICS Memory Not Limited", "CKV_K8S_13", "OWASP Docker rule 7"],
  *service({ shown }) {
    if (!isLimited(shown, "memory")) yield "has no limit of memory";
  },
};

const pidsLimit: ServiceRule = {
  id: "pids-limit",
  subject: "application",
  severity: "medium",
  title: "Every service has a limit of processes",
  reason: "Without one a loop that starts processes takes the whole host with it.",
  remedy: "add pids_limit: 512",
  known: ["CIS Docker 5.29", "KICS Pids Limit Not Set", "OWASP Docker rule 7"],
  *service({ shown }) {
    if (!isLimited(shown, "pids")) yield "has no limit of processes";
  },
};

export const HARDENING_RULES = [noNewPrivileges, rootUser, capabilityDrop, memoryLimit, pidsLimit];
