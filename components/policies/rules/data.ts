/** What an application keeps, and what would be lost. */
import { isCache, isDatabase } from "../databases.ts";
import { type ApplicationFacts, at, mapAt, type ServiceFacts, textAt } from "../facts.ts";
import { dataMounts } from "../mounts.ts";
import { HOSTS, type Offence, type Rule } from "../rule.ts";
import { servicesOf } from "../services.ts";

/** What is backed up: sources of mounts, and services that run a database. */
interface BackedUp {
  sources: Set<string>;
  databases: Set<string>;
}

/** By `backups`, each of which has a database, or what is mounted at one place. */
function backedUp(application: ApplicationFacts): BackedUp {
  const all = Object.values(mapAt(application.review, "backups"));
  const [sources, databases] = [new Set<string>(), new Set<string>()];
  const services = [...servicesOf(application)];
  for (const one of all) {
    const [name, mount] = [textAt(one, "service"), textAt(one, "mount")];
    const service = services.find((candidate) => candidate.name === name);
    if (service === undefined) continue;
    if (mount === undefined) databases.add(service.name);
    for (const { source, target } of dataMounts(service))
      if (mount === undefined || target.replace(/(?<=.)\/+$/, "") === mount.replace(/(?<=.)\/+$/, ""))
        sources.add(source);
  }
  return { sources, databases };
}

/** What a service keeps and nothing backs up, in words; undefined where there is none. */
function keeps(service: ServiceFacts, { sources, databases }: BackedUp): string | undefined {
  const image = service.image ?? textAt(service.shown, "image") ?? "";
  if (isCache(image)) return undefined;
  const data = dataMounts(service);
  const lacking = data.find(({ source }) => !sources.has(source));
  if (lacking !== undefined) return `volumes: keeps data at ${lacking.target}`;
  return data.length === 0 && isDatabase(image) && !databases.has(service.name)
    ? `image: ${image} is a database`
    : undefined;
}

const backup: Rule = {
  id: "backup",
  subject: "application",
  severity: "medium",
  title: "An application that keeps data declares a backup",
  reason:
    "A deployment, a migration or a disk may take the data with it. Databases count, and volumes and folders that are written to; caches do not. A backup of the whole host is not known here: say so in an exemption.",
  remedy:
    'add backups, like { what: "postgres", service: "db", check: "select count(*) from orders" }; or, if only migrations matter, backup: { command: ["/app", "backup"] }',
  known: [],
  *whole(application): Generator<Offence> {
    if (at(application.review, "backup") !== undefined) return;
    const done = backedUp(application);
    const lacks =
      at(application.review, "backups") === undefined ? "the application has no backup" : "no backup has it";
    for (const service of servicesOf(application)) {
      const what = keeps(service, done);
      if (what !== undefined) yield { service: service.name, what: `${what}, and ${lacks}` };
    }
  },
};

const backupDrill: Rule = {
  id: "backup-drill",
  subject: "application",
  severity: "low",
  title: "A backup is put back now and then, to see that it can be",
  reason:
    "A backup that nobody has put back is a hope. `backups` are restored aside and checked by a schedule; of what a `backup` command keeps, only a declared way to put it back tells that it can be.",
  remedy:
    'declare backups, which drills restore aside and check; or add backup.restore, like ["/app", "restore"], and try it',
  known: [],
  *whole({ review }) {
    if (at(review, "backups") !== undefined) return;
    if (at(review, "backup") !== undefined && at(review, "backup", "restore") === undefined)
      yield "backup has no restore: nobody can try whether it can be put back";
  },
};

const volumeGone: Rule = {
  id: "volume-gone",
  subject: "application",
  severity: "high",
  title: "No volume disappears or changes its name",
  reason:
    "A service begins with an empty volume under a new name, and looks as if its data were lost; the old volume stays on the host, and nobody backs it up any more.",
  remedy:
    "give it its old name, or, if the data is meant to go or has been moved, declare an exemption until that is deployed",
  needs: HOSTS,
  known: [],
  *whole({ exceptions: { volumesGone = {} } }) {
    for (const [where, volume] of Object.entries(volumesGone)) yield `volumes: ${volume} is mounted no more (${where})`;
  },
};

const databaseVersion: Rule = {
  id: "database-version",
  subject: "application",
  severity: "high",
  title: "No database gets another major version on the data of the one before",
  reason:
    "Most databases do not start on the files of another major version, and some change them so that there is no way back.",
  remedy:
    "dump its data, deploy the new version with a new volume and restore it there; or, if this database changes its files by itself, declare an exemption until that is deployed",
  needs: HOSTS,
  known: [],
  *whole({ exceptions: { databases = {} } }): Generator<Offence> {
    for (const [service, versions] of Object.entries(databases))
      yield { service, what: `image: another major version on the same data: ${versions}` };
  },
};

export const DATA_RULES = [backup, backupDrill, volumeGone, databaseVersion];
