/** What `slipway import` proposes for a variable. */
import { describe, expect, it } from "vitest";
import { judge } from "../../cli/import/judge.ts";

/** Made up, in the shapes of real ones; put together, so that no scanner takes them for found. */
const JWT = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2lnbmF0dXJl"].join(".");
const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const RANDOM = "q7Zp0XvK3mT9bWc2";

describe("a variable", () => {
  it.each([
    ["DATABASE_URL", "postgres://app:hunter2@db:5432/app"],
    ["BROKER", "amqp://:pw@queue"],
    ["SETTINGS", "host=db user=app password=geheim"],
    ["STORAGE", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YWJj"],
    ["HOOK", `https://chat.example.com/services/T01/${RANDOM}`],
    ["CREDENTIALS_JSON", '{"private_key": "abc"}'],
    ["PEM", "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\n"],
    ["SESSION", HEX],
    ["SESSION", RANDOM],
    ["CLIENT", "d9428888-122b-11e1-b85c-61cd3cbb3210"],
    ["MIXED", "aBcDeFgHiJkLmNoPqR"],
    ["LOGIN", `Bearer ${"abcdefgh"}`],
    ["ID", JWT],
    ["BASIC_AUTH", "anna:$2y$10$abcdefghijk"],
    ["GIT", `ghp_${"abcdef"}`],
    ["DB_PASSWORD", "postgres"],
    ["PGPASSWORD", "1234"],
    ["MAIL_PASS", "correct horse"],
    ["clientSecret", "shop"],
    ["APP_TOKEN", "7"],
    ["SIGNING_KEY", "x!7"],
    ["SENTRY_DSN", "https://abc!@sentry.example.com/1"],
  ])("%s is never written in plain text with the value %j", (name, value) =>
    expect(judge(name, value)).toMatchObject({ kind: "secret", isCertain: true, why: expect.any(String) }),
  );

  it.each([
    ["CACHE_KEY", "shop"],
    ["SMTP_PASSWORD", ""],
    ["hostKey", "shop"],
    ["GREETING", "hunter2"],
    ["GREETING", "Tr0ub4dor&3"],
    ["API_KEY_HEADER", "X-Api-Key"],
  ])("%s is proposed as a secret with the value %j, and may be none", (name, value) =>
    expect(judge(name, value)).toMatchObject({ kind: "secret", isCertain: false }),
  );

  it.each([
    ["PORT", "8080"],
    ["DEBUG", "true"],
    ["DEBUG", ""],
    ["LOG_LEVEL", "info"],
    ["TIMEOUT", "1.5s"],
    ["MAX_SIZE", "64MB"],
    ["TZ", "Europe/Berlin"],
    ["LANG", "de_DE.UTF-8"],
    ["APP_NAME", "Annas Lädchen"],
    ["MAIL_FROM", "Anna <anna@example.com>"],
    ["ALLOWED_HOSTS", "shop.example.com,www.example.com"],
    ["PUBLIC_URL", "https://shop.example.com:8443/x?a=b"],
    ["REDIS_URL", "redis://cache:6379/0"],
    ["REMOTE", "ssh://git@example.com:22/anna/shop"],
    ["IMAGE", `postgres@sha256:${"ab12".repeat(16)}`],
    ["IMAGE", "ghcr.io/anna/shop:1.4.0"],
    ["TRUSTED", "10.0.0.0/8, 172.16.0.0/12"],
    ["SCHEDULE", "*/5 3 * * 1-5"],
    ["PATHS", "/var/lib/postgresql/data"],
    ["ZONE", "eu-central-1"],
    ["LONG", "the-quick-brown-fox-jumps-over-2024-lazy-dogs"],
    ["REQUIRE_API_KEY", "true"],
    ["RESET_PASSWORD", "no"],
    ["PASSWORD_MIN_LENGTH", "12"],
    ["TOKEN_TTL", "3600"],
    ["MAX_TOKENS", "4096"],
    ["POSTGRES_PASSWORD_FILE", "/run/secrets/postgres"],
    ["TOKEN_URL", "https://login.example.com/token"],
    ["MONKEY", "banana"],
  ])("%s is proposed as plain with the value %j", (name, value) =>
    expect(judge(name, value)).toEqual({ kind: "plain", isCertain: false }),
  );

  it("says why without any of its value", () =>
    expect([judge("X", "postgres://a:hunter2@db").why, judge("DB_PASSWORD", "hunter2").why]).toEqual([
      "its value has a password in an address",
      "its name says so",
    ]));
});
