/** What an application keeps, and what would be lost. */
import { isCache, isDatabase } from "../databases.ts";
import { at, type ServiceFacts, textAt } from "../facts.ts";
import { dataMounts } from "../mounts.ts";
import { HOSTS, type Offence, type Rule } from "../rule.ts";
import { servicesOf } from "../services.ts";

/** What a service keeps, in words; undefined where it keeps nothing. */
function keeps(service: ServiceFacts): string | undefined {
  const image = service.image ?? textAt(service.shown, "image") ?? "";
  if (isCache(image)) return undefined;
  const [data] = dataMounts(service);
  if (data !== undefined) return `volumes: keeps data at ${data.target}`;
  return isDatabase(image) ? `image: ${image} is a database` : undefined;
}

const backup: Rule = {
  id: "backup",
  subject: "application",
  severity: "medium",
  title: "An application that keeps data declares a backup",
  reason:
    "A deployment, a migration or a disk may take the data with it. Databases count, and volumes and folders that are written to; caches do not. A backup of the whole host is not known here: say so in an exemption.",
  remedy: 'add backup: { command: ["/app", "backup"] }, which runs before each migration',
  known: [],
  *whole(application): Generator<Offence> {
    if (at(application.review, "backup") !== undefined) return;
    for (const service of servicesOf(application)) {
      const what = keeps(service);
      if (what !== undefined) yield { service: service.name, what: `${what}, and the application has no backup` };
    }
  },
};

/** When a backup was last put back is not known yet: what is judged is whether it can be. */
const backupDrill: Rule = {
  id: "backup-drill",
  subject: "application",
  severity: "low",
  title: "A backup is put back now and then, to see that it can be",
  reason:
    "A backup that nobody has put back is a hope. Slipway does not know yet when that was done; it judges whether a way to do it is declared.",
  remedy: 'add backup.restore, like ["/app", "restore"], and try it',
  known: [],
  *whole({ review }) {
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
