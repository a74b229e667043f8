/** What keeps a container apart from its host: networks, namespaces, profiles. */
import { at, isHidden, listAt, mapAt, type ServiceFacts, textAt } from "../facts.ts";
import type { ServiceRule } from "../rule.ts";

const hostNetwork: ServiceRule = {
  id: "host-network",
  subject: "application",
  severity: "high",
  title: "No service is in the network of the host",
  reason:
    "It reaches everything that listens on the host's own addresses alone, and every port that it opens is open to all networks of the host, past firewall rules for containers.",
  remedy: "take it out; what others have to reach is a port that the proxy leads to, or one of publish",
  known: ["compose-lint CL-0008", "CIS Docker 5.10", "KICS Shared Host Network Namespace", "CKV_K8S_19"],
  *service({ shown, application }) {
    if (textAt(shown, "network_mode") === "host") yield "network_mode: host puts it into the network of the host";
    if (isHidden(textAt(shown, "network_mode"))) yield "network_mode: a secret says which network it is in";
    for (const network of Object.keys(mapAt(shown, "networks")))
      if (nameOfNetwork(network, application) === "host")
        yield `networks: ${network} is another name for the network of the host`;
  },
};

/** Docker's name of a network that is there already; undefined for one of the application's own. */
function nameOfNetwork(network: string, { review }: ServiceFacts["application"]): string | undefined {
  const definition = mapAt(review, "compose", "networks", network);
  const external = at(definition, "external");
  if (external === undefined || external === false || external === "false") return undefined;
  return textAt(external, "name") ?? textAt(definition, "name") ?? network;
}

const NAMESPACES = {
  pid: "lets it see and stop all processes of the host",
  ipc: "gives it the shared memory of the host",
  uts: "gives it the name of the host",
  userns_mode: "makes its root the host's, where users are mapped",
  cgroup: "lets it see the control groups of the host",
};

const hostNamespace: ServiceRule = {
  id: "host-namespace",
  subject: "application",
  severity: "high",
  title: "No service shares a namespace of the host, or of a container of somebody else",
  reason: "Namespaces are what makes a container of a process: each that is shared is one border less.",
  remedy: "take it out, or declare an exemption that says what it watches there",
  known: [
    "compose-lint CL-0010",
    ...["CIS Docker 5.16", "CIS Docker 5.17", "CIS Docker 5.21", "CIS Docker 5.25", "CIS Docker 5.31"],
    ...["KICS Host Namespace is Shared", "KICS Shared Host IPC Namespace", "KICS Shared Host User Namespace"],
    ...["CKV_K8S_17", "CKV_K8S_18"],
  ],
  *service({ shown, application }) {
    for (const [key, gives] of Object.entries(NAMESPACES))
      if (textAt(shown, key) === "host") yield `${key}: host ${gives}`;
      else if (isHidden(textAt(shown, key))) yield `${key}: a secret says which it is`;
    const own = Object.values(mapAt(application.review, "services")).map((one) => textAt(one, "container_name"));
    for (const key of ["network_mode", "pid", "ipc"]) {
      const [, container] = /^container:(.*)$/s.exec(textAt(shown, key) ?? "") ?? [];
      if (container !== undefined && !own.includes(container))
        yield `${key}: container: puts it beside the processes of a container that is not this application's`;
    }
  },
};

/** Docker takes both `seccomp:unconfined` and `seccomp=unconfined`. */
const PROFILES: Record<string, string> = {
  "seccomp:unconfined": "lets it make every call of the kernel",
  "apparmor:unconfined": "takes AppArmor's limits away",
  "label:disable": "takes SELinux's limits away",
  "label:type:spc_t": "takes SELinux's limits away",
  "label:type:unconfined_t": "takes SELinux's limits away",
  "systempaths:unconfined": "shows it what Docker hides of /proc and /sys",
};

const securityProfile: ServiceRule = {
  id: "security-profile",
  subject: "application",
  severity: "high",
  title: "No service runs without the profiles of seccomp, AppArmor and SELinux",
  reason: "The profiles forbid what hardly any program needs, and what most ways out of a container begin with.",
  remedy: "take it out, or name a profile of your own that allows the one call it needs",
  known: [
    "compose-lint CL-0009",
    ...["CIS Docker 5.2", "CIS Docker 5.3", "CIS Docker 5.22"],
    ...["KICS Default Seccomp Profile Disabled", "CKV_K8S_31", "OWASP Docker rule 6"],
  ],
  *service({ shown }) {
    for (const entry of listAt(shown, "security_opt")) {
      const written = String(entry);
      const takes = PROFILES[written.toLowerCase().replace("=", ":")];
      if (takes !== undefined) yield `security_opt: ${written} ${takes}`;
      if (isHidden(written)) yield "security_opt: a secret says which profile it runs with";
    }
  },
};

export const ISOLATION_RULES = [hostNetwork, hostNamespace, securityProfile];
