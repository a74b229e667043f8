/** Rights with which a service has the whole host. */
import type { Plain } from "../../shared/records.ts";
import { entriesAt, isHidden, isOn, mapAt, textAt } from "../facts.ts";
import { holdsSocket, hostMounts, isSocket } from "../mounts.ts";
import type { ServiceRule } from "../rule.ts";

const HOST_IS_LOST = "whoever gets into the container has the host, with every other application's data and secrets";

const byASecret = (value: Plain, key: string): boolean => isHidden(textAt(value, key));

const privileged: ServiceRule = {
  id: "privileged",
  subject: "application",
  severity: "critical",
  title: "No service is privileged",
  reason: `A privileged container has all capabilities and all devices of the host: ${HOST_IS_LOST}.`,
  remedy: "take it out, and add the one capability that it needs with cap_add, or the one device with devices",
  known: [
    "compose-lint CL-0002",
    "CIS Docker 5.5",
    "KICS Privileged Containers Enabled",
    "CKV_K8S_16",
    "OWASP Docker rule 3",
  ],
  *service({ shown }) {
    if (isOn(shown, "privileged")) yield "privileged: true gives it every right on the host";
    if (byASecret(shown, "privileged")) yield "privileged: a secret says whether it has every right on the host";
    for (const hook of ["post_start", "pre_stop"])
      if (Object.values(mapAt(shown, hook)).some((one) => isOn(one, "privileged") || byASecret(one, "privileged")))
        yield `${hook}: privileged: true gives its command every right on the host`;
  },
};

const dockerSocket: ServiceRule = {
  id: "docker-socket",
  subject: "application",
  severity: "critical",
  title: "No service reaches the socket of Docker, or of another program that starts containers",
  reason: `Whoever may write to that socket starts a container with any right; mounted read-only, it takes every command all the same: ${HOST_IS_LOST}.`,
  remedy:
    "take it out; what has to read from Docker gets it from a proxy of the socket that lets only those requests through",
  known: [
    "compose-lint CL-0001",
    "CIS Docker 5.32",
    "KICS Docker Socket Mounted In Container",
    "CKV_K8S_27",
    "OWASP Docker rule 1",
  ],
  *service(service) {
    if (byASecret(service.shown, "use_api_socket"))
      yield "use_api_socket: a secret says whether it has Docker's socket";
    if (isOn(service.shown, "use_api_socket")) yield "use_api_socket: true gives it Docker's socket";
    for (const { key, source } of hostMounts(service)) {
      if (isSocket(source)) yield `${key}: ${source} gives it the socket of a program that starts containers`;
      else if (holdsSocket(source)) yield `${key}: ${source} of the host has Docker's socket in it`;
    }
  },
};

type Capabilities = Record<string, string>;

/** By them alone a container gets out. */
const WHOLE_HOST: Capabilities = {
  ALL: "gives it all of them",
  SYS_ADMIN: "lets it mount file systems and change namespaces",
  SYS_MODULE: "lets it load code into the kernel",
  SYS_RAWIO: "lets it write to the memory and the devices of the host",
  DAC_READ_SEARCH: "lets it read every file of the host",
  BPF: "lets it load programs into the kernel",
};

/** They reach beyond the container, but not as far. */
const PARTS_OF_HOST: Capabilities = {
  SYS_PTRACE: "lets it read the memory of other processes",
  NET_ADMIN: "lets it change networks and firewalls",
  SYS_BOOT: "lets it restart the host",
  SYS_TIME: "lets it set the clock of the host",
  PERFMON: "lets it watch every process of the host",
  SYSLOG: "lets it read the log of the kernel",
  SYS_NICE: "lets it take the processors from everything else",
  IPC_LOCK: "lets it keep memory that nobody gets back",
  LEASE: "lets it hold up others that open a file",
  MAC_ADMIN: "lets it change the rules of AppArmor and SELinux",
  MAC_OVERRIDE: "lets it ignore the rules of AppArmor and SELinux",
  CHECKPOINT_RESTORE: "lets it read the memory of other processes",
};

/** Docker takes them with and without CAP_, in any case. */
const bare = (name: string): string => name.trim().toUpperCase().replace(/^CAP_/, "");

function* added(shown: Parameters<typeof entriesAt>[0], what: Capabilities): Generator<string> {
  for (const [name, word] of entriesAt(shown, "capabilities")) {
    const grants = what[bare(name)];
    if (word === "added" && grants !== undefined) yield `cap_add: ${name} ${grants}`;
  }
}

const ABOUT_CAPABILITIES = ["CIS Docker 5.4", "KICS Container Capabilities Unrestricted", "OWASP Docker rule 3"];

const hostCapability: ServiceRule = {
  id: "host-capability",
  subject: "application",
  severity: "critical",
  title: "No service has a capability with which a container takes over its host",
  reason: `These capabilities are not held by the container's borders: ${HOST_IS_LOST}.`,
  remedy: "take it out; where a feature needs it, look for one that does without, or let the host do that part",
  known: ["compose-lint CL-0024", "compose-lint CL-0011", "compose-lint CL-0027", ...ABOUT_CAPABILITIES, "CKV_K8S_39"],
  *service({ shown }) {
    yield* added(shown, WHOLE_HOST);
    for (const [name, word] of entriesAt(shown, "capabilities"))
      if (word === "added" && isHidden(name)) yield "cap_add: a secret says which it is";
  },
};

const capability: ServiceRule = {
  id: "capability",
  subject: "application",
  severity: "high",
  title: "No service has a capability that reaches beyond its container",
  reason: "With these capabilities a container reads from the host, disturbs it, or changes what others see of it.",
  remedy: "take it out, or declare an exemption that says what needs it",
  known: [
    "compose-lint CL-0011",
    "compose-lint CL-0027",
    "compose-lint CL-0028",
    "compose-lint CL-0029",
    "compose-lint CL-0030",
    ...ABOUT_CAPABILITIES,
  ],
  service: ({ shown }) => added(shown, PARTS_OF_HOST),
};

export const PRIVILEGE_RULES = [privileged, dockerSocket, hostCapability, capability];
