/** What is out of the ordinary about this deployment. */
import { defined } from "../../shared/records.ts";
import { closedAt } from "../../shared/window.ts";
import { entriesAt, textAt, wordsAt } from "../facts.ts";
import { HOSTS, type Offence, type Rule } from "../rule.ts";

const downgrade: Rule = {
  id: "downgrade",
  subject: "application",
  severity: "medium",
  title: "No older version takes the place of a newer one",
  reason:
    "The older version meets data that the newer one has written. In a protected environment allowDowngrade must say that it is meant; this finding stays as long as it says so.",
  remedy: "deploy a newer version with the fault mended, or see that migration.down takes the data back",
  needs: HOSTS,
  known: [],
  *whole({ exceptions: { downgrade: versions = {} } }) {
    for (const [host, words] of Object.entries(versions)) yield `version: ${words} goes back on ${host}`;
  },
};

const deploymentWindow: Rule = {
  id: "deployment-window",
  subject: "application",
  severity: "medium",
  title: "Deployments happen in their window",
  reason:
    "Outside it nobody may be there to help. The host refuses to deploy then, unless outsideWindow says why; a preview only says so.",
  remedy:
    "deploy when it is open, say why it cannot wait (slipway deploy --outside-window), or change preflight.window",
  known: [],
  *whole({ review, exceptions: { outsideWindow } }, _, now) {
    const said = (key: string) => textAt(review, "preflight", "window", key);
    const [from, until, timeZone] = [said("from"), said("until"), said("timeZone")];
    if (from === undefined || until === undefined) return;
    const days = wordsAt(review, "preflight", "window", "days").map(Number);
    const closed = closedAt({ days, from, until, ...defined({ timeZone }) }, now);
    if (closed !== undefined)
      yield `preflight.window: ${closed}${outsideWindow === undefined ? "" : `; it is deployed all the same: ${outsideWindow}`}`;
  },
};

const takeover: Rule = {
  id: "takeover",
  subject: "application",
  severity: "high",
  title: "No application is taken over from another project or stack",
  reason: "The one before deploys it again as soon as somebody updates it: both would undo each other's work.",
  remedy:
    "give this one another name, or, if it is meant, declare an exemption until that is deployed and take the application out of the other one",
  known: [],
  *whole({ exceptions: { takeOver } }) {
    if (takeOver) yield "takeOver: the settings let it be taken over from another project or stack";
  },
};

const unprovenImage: Rule = {
  id: "unproven-image",
  subject: "application",
  severity: "high",
  title: "An image is confirmed in the earlier environment first",
  reason:
    "What users get has run before, by the same digest, where a fault harms nobody. slipway:policies.after names the stack of this program that is the earlier environment; without it nothing is asked.",
  remedy: "deploy it there first",
  needs: "what the earlier environment has confirmed",
  known: ["OWASP Docker rule 13"],
  *whole({ exceptions: { unproven = {} } }): Generator<Offence> {
    for (const [service, words] of entriesAt(unproven)) yield { service, what: `image: ${words}` };
  },
};

const unconfirmedHosts: Rule = {
  id: "unconfirmed-hosts",
  subject: "application",
  severity: "medium",
  title: "Several hosts confirm a release together",
  reason:
    "Without confirmation each host keeps what it has deployed: where one fails, the others run another version than it.",
  remedy: "leave confirmWithin out, and each host goes back unless all of them have switched",
  known: [],
  *whole({ hosts, confirmWithin }) {
    if (hosts > 1 && confirmWithin === 0) yield `confirmWithin: ${hosts} hosts do not wait for each other`;
  },
};

const hostKey: Rule = {
  id: "host-key",
  subject: "host",
  severity: "high",
  title: "The identity of every machine is checked",
  reason:
    "Who stands between gets the connection, with all that it carries: secrets, releases, and every command as root.",
  remedy: "take insecureIgnoreHostKey out and write its hostKey, as ssh-keyscan -t ecdsa <address> prints it",
  known: ["CWE-322"],
  *whole({ unchecked }) {
    if (unchecked.itself) yield "insecureIgnoreHostKey: the machine may be any other";
    if (unchecked.bastion) yield "bastion.insecureIgnoreHostKey: the machine between may be any other";
  },
};

export const ACT_RULES = [downgrade, deploymentWindow, takeover, unprovenImage, unconfirmedHosts, hostKey];
