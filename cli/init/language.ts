/** What the sources of an application tell: its language, what it keeps its data in, its migration, where it is asked whether it is well. */
import { basename } from "node:path";
import type { Checkout } from "./checkout.ts";

export interface Sources {
  language?: string;
  usesPostgres: boolean;
  usesRedis: boolean;
  /** Another database, by its name. */
  otherDatabase?: string;
  migration?: string[];
  health?: string;
}

interface Language {
  name: string;
  /** Files that list what the application depends on. */
  manifests: RegExp;
  postgres: RegExp;
  redis: RegExp;
}

const LANGUAGES: Language[] = [
  {
    name: "Python",
    manifests: /^(pyproject\.toml|requirements.*\.txt|pipfile)$/i,
    postgres: /\b(psycopg\w*|asyncpg|pg8000)\b/,
    redis: /^\W*(redis|celery\[redis\]|django-redis|rq)\b/m,
  },
  {
    name: "Node",
    manifests: /^package\.json$/,
    postgres: /"(pg|postgres|pg-promise|@neondatabase\/serverless)":/,
    redis: /"(redis|ioredis|bull|bullmq|connect-redis)":/,
  },
  {
    name: "Go",
    manifests: /^go\.mod$/,
    postgres: /github\.com\/(jackc\/pgx|lib\/pq)|gorm\.io\/driver\/postgres/,
    redis: /\/go-redis\b|gomodule\/redigo/,
  },
  {
    name: "Ruby",
    manifests: /^gemfile$/i,
    postgres: /^\s*gem ["']pg["']/m,
    redis: /^\s*gem ["'](redis|sidekiq)["']/m,
  },
  {
    name: "PHP",
    manifests: /^composer\.json$/,
    postgres: /"ext-pgsql"|"ext-pdo_pgsql"/,
    redis: /"predis\/predis"|"ext-redis"/,
  },
  { name: "Rust", manifests: /^cargo\.toml$/i, postgres: /tokio-postgres|\bpostgres\b/, redis: /^redis\b/m },
  { name: "Elixir", manifests: /^mix\.exs$/, postgres: /:postgrex/, redis: /:redix/ },
  {
    name: "Java",
    manifests: /^(pom\.xml|build\.gradle(\.kts)?)$/,
    postgres: /org\.postgresql/,
    redis: /data-redis|jedis|lettuce/,
  },
];

const OTHERS: Record<string, RegExp> = {
  MySQL: /\b(mysqlclient|pymysql|aiomysql|mysql2?)\b|go-sql-driver\/mysql/i,
  MongoDB: /\b(pymongo|motor|mongoose|mongodb)\b|mongo-driver/,
};

/** Texts of files by name, those at the top first. */
const textsOf = ({ texts }: Checkout, names: RegExp): string[] =>
  Object.keys(texts)
    .filter((path) => names.test(basename(path)))
    .sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1))
    .map((path) => texts[path]!);

export function sourcesOf(checkout: Checkout): Sources {
  const language = LANGUAGES.find(({ manifests }) => textsOf(checkout, manifests).length > 0);
  const listed = language === undefined ? "" : textsOf(checkout, language.manifests).join("\n");
  const prisma = textsOf(checkout, /^schema\.prisma$/).join("\n");
  const usesPostgres = language?.postgres.test(listed) || /provider\s*=\s*"postgresql"/.test(prisma);
  const otherDatabase = Object.keys(OTHERS).find((name) => OTHERS[name]!.test(listed));
  const migration = migrationOf(checkout, listed);
  const health = healthIn(checkout);
  return {
    usesPostgres,
    usesRedis: language?.redis.test(listed) ?? false,
    ...(language && { language: language.name }),
    ...(otherDatabase && !usesPostgres && { otherDatabase }),
    ...(migration && { migration }),
    ...(health && { health }),
  };
}

/** The command of the usual tool, where its own file is in the repository. */
function migrationOf({ paths, texts }: Checkout, listed: string): string[] | undefined {
  const has = (name: string): boolean => paths.some((path) => basename(path) === name);
  if (has("alembic.ini")) return ["alembic", "upgrade", "head"];
  if (has("manage.py") && /\bdjango\b/i.test(listed)) return ["python", "manage.py", "migrate", "--noinput"];
  if (/\bflask-migrate\b/i.test(listed)) return ["flask", "db", "upgrade"];
  if (has("schema.prisma")) return ["npx", "prisma", "migrate", "deploy"];
  if (/"knex":/.test(listed) && paths.some((path) => /(^|\/)knexfile\.\w+$/.test(path)))
    return ["npx", "knex", "migrate:latest"];
  if (/^\s*gem ["']rails["']/m.test(listed)) return ["bin/rails", "db:migrate"];
  if (has("artisan")) return ["php", "artisan", "migrate", "--force"];
  return scriptOf(texts["package.json"]);
}

/** A script of package.json that says what it is for. */
function scriptOf(manifest: string | undefined): string[] | undefined {
  const names = ["migrate", "db:migrate", "migration:run"];
  const name = names.find((candidate) => manifest?.includes(`"${candidate}":`));
  return name === undefined ? undefined : ["npm", "run", name];
}

const HEALTH = ["health", "healthz", "health_check", "health-check", "healthcheck", "livez", "readyz", "ready", "ping"];
const PATHS = new RegExp(`["'\`](?:GET )?(/(?:[a-z0-9_-]+/){0,3}(?:${HEALTH.join("|")}))/?["'\`]`, "g");

/** The path that the sources answer for exactly this purpose; tests and what looks like one of another service aside. */
function healthIn(checkout: Checkout): string | undefined {
  const found = Object.entries(checkout.texts)
    .filter(
      ([path]) => /\.\w+$/.test(path) && !/(^|\/)(tests?|spec|__tests__)\/|[._-](test|spec)\.|^\.github/.test(path),
    )
    .flatMap(([, text]) => Array.from(text.matchAll(PATHS), ([, path]) => path!));
  const rank = (path: string): number => HEALTH.indexOf(path.split("/").at(-1)!) * 10 + path.split("/").length;
  const [best] = found.sort((a, b) => rank(a) - rank(b));
  if (best !== undefined) return best;
  const isRails = textsOf(checkout, /^gemfile$/i).some((text) => /gem ["']rails["']/.test(text));
  return isRails ? "/up" : undefined;
}
