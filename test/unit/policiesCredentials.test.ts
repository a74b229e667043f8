import { describe, expect, it } from "vitest";
import { credentialIn, credentialsOf, isCredential } from "../../components/policies/literals.ts";
import { brought, declared, factsOf, foundBy, verdictsOf } from "../fixtures/facts.ts";
import { HOSTILE } from "../fixtures/hostile.ts";

const LITERAL = "is a literal credential";
/** Put together here: what looks for credentials in repositories must not find one. */
const token = (prefix: string, length: number): string => `${prefix}${"aB3".repeat(length).slice(0, length)}`;
const PEM = `-----BEGIN ${"RSA"} PRIVATE KEY-----\n${"MIIEow".repeat(8)}\n`;

describe("a name", () => {
  it.each([
    ...["PASSWORD", "DB_PASSWORD", "PGPASSWORD", "POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "db.password", "DB_PASS"],
    ...["SECRET_KEY_BASE", "JWT_SECRET", "API_KEY", "apiKey", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SMTP_PWD"],
    ...["ENCRYPTION_KEY", "PRIVATE_KEY", "PASSPHRASE", "SPRING_DATASOURCE_PASSWORD", "PASSWORD_HASH", "WEBPASSWD"],
    ...["rpcpassword", "requirepass", "CREDENTIALS", "PASSWORD_SALT"],
  ])("%s says that a text is a credential", (name) => expect(isCredential(name, "hunter2")).toBe(true));

  it.each([
    ...[
      "PUBLIC_KEY",
      "JWT_PUBLIC_KEY",
      "PASSWORD_FILE",
      "DB_PASSWORD_FILE",
      "TOKEN_URL",
      "SECRET_NAME",
      "KEYCLOAK_URL",
    ],
    ...[
      "USER",
      "PASSPORT_CLIENT",
      "COMPASS",
      "MONKEY",
      "TOKEN_ISSUER",
      "SECRETS_DIR",
      "PWD_DIR",
      "BYPASS",
      "TOKENS_ENABLED",
    ],
    ...["TOKEN_EXPIRY", "PASSWORD_RESET_SUBJECT", "SECRET_STORE", "PASSWORD_POLICY_REGEX", "USE_SECRETS", "MAX_TOKENS"],
    ...["POSTGRES_PASSWORD_ENCRYPTION", "AUTH_TOKEN_COOKIE", "TOKENIZER", "DB_SECRET_ARN", "PASSWORD_AUTHENTICATION"],
  ])("%s does not", (name) => expect(isCredential(name, "hunter2")).toBe(false));

  it.each<[string, string]>([
    ["PASSWORD_MIN_LENGTH", "8"],
    ["TOKEN_TTL", "30m"],
    ["MAX_TOKENS", "4096"],
    ["SECRET_ROTATION_DAYS", "90"],
    ["REQUIRE_PASSWORD", "true"],
    ["DISABLE_PASSWORD", "1"],
  ])("%s with %s is about a credential, and is none", (name, value) => expect(isCredential(name, value)).toBe(false));

  it.each([
    ...[
      "",
      " ",
      "secret",
      "secret:0a1f",
      "$PW",
      "${PW}",
      "$(cat /run/pw)",
      "{password}",
      "{{ password }}",
      "<password>",
    ],
    ...["%PASSWORD%", "***", "/run/secrets/pw", "./pw", "true", "off"],
  ])("that says so has none where the value is %j", (value) => expect(isCredential("PASSWORD", value)).toBe(false));

  it.each(["12345678", "changeme", "admin", "pa$$word", "/aB3+/=", "secret:xyz", '"secret"', "a b"])(
    "that says so has one where the value is %j",
    (value) => expect(isCredential("PASSWORD", value)).toBe(true),
  );
});

describe("a value", () => {
  it.each<[string, string]>([
    ["a URL with a password", "postgres://app:hunter2@db:5432/app"],
    ["a URL with a password", "redis://:hunter2@cache"],
    ["a URL with a password", "a,https://anna:pa$s@example.com,b"],
    ["a connection with a password", "app:hunter2@tcp(db:3306)/app"],
    ["a connection with a password", "Server=db;User Id=app;Password=hunter2;"],
    ["a connection with a password", "host=db user=app password=hunter2"],
    ["a private key", PEM],
    ["a private key", "a private key, 1704 characters, sha256 0123456789ab"],
    ["a token", token("ghp_", 36)],
    ["a token", `--token=${token("glpat-", 20)}`],
    ["a token", ["AKIA", "ABCDEFGHIJ234567"].join("")],
    ["a token", `Authorization: Bearer ${token("", 24)}`],
    ["a token", `${token("eyJ", 20)}.${token("eyJ", 20)}.${token("", 20)}`],
    ["a token", token(["sk", "live", ""].join("_"), 24)],
  ])("is %s: %j", (what, value) => expect(credentialIn(value)).toBe(what));

  it.each([
    ...["postgres://app@db/app", "https://example.com:8443/a@b", "postgres://app:$PW@db", "postgres://app:${PW}@db/x"],
    ...[
      "postgres://app:{password}@db",
      "postgres://app:***@db",
      "redis://cache:6379",
      "a:b@c",
      "mailto:anna@example.com",
    ],
    ...["app:$PW@tcp(db)/app", "host=db password=$PW", "Server=db;Password=;", "noPassword=1"],
    ...["-----BEGIN CERTIFICATE-----", "ghp_short", "task_live_view", "Basic authentication", "sha256:0123456789ab"],
  ])("is no credential: %j", (value) => expect(credentialIn(value)).toBeUndefined());

  it("of any kind is judged within a moment", () => {
    const long = ["a", "://:", "a://b:", "ghp_", "-----BEGIN ", "eyJa.", "a=", '"', "$("].map((part) =>
      part.repeat(20_000),
    );
    const start = performance.now();
    for (const text of [...HOSTILE, ...long]) {
      credentialIn(text);
      isCredential("PASSWORD", text);
      Array.from(credentialsOf(text));
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("a command", () => {
  const names = (command: string): string[] => Array.from(credentialsOf(command), ({ name }) => name);

  it.each<[string, string[]]>([
    ["redis-server --requirepass hunter2", ["--requirepass"]],
    ["serve --admin-password=hunter2 --port 80", ["--admin-password"]],
    ['sh -c "PGPASSWORD=hunter2 psql -U app"', ["PGPASSWORD"]],
    ["sh -c 'export TOKEN=\"hunter2\" && run'", ["TOKEN"]],
    ["/bin/sh -c \"redis-cli -a x && run --api-key 'a b'\"", ["--api-key"]],
    ["mysqladmin ping -uroot -phunter2", ["-p"]],
    ["sh -c 'mysqladmin -phunter2 ping'", ["-p"]],
    ["run --token='hunter2 x'", ["--token"]],
    ['run "it\'s" --token "hunter2 x"', ["--token"]],
    ["serve -rpcpassword=hunter2", ["-rpcpassword"]],
    ["dump postgres://app:hunter2@db/app", [""]],
    ["dump --url=postgres://app:hunter2@db/app", ["--url"]],
    ['run --password "\\"secret\\""', ["--password"]],
  ])("has a credential: %s", (command, expected) => expect(names(command)).toEqual(expected));

  it.each([
    ...["serve --password-file /run/secrets/pw", "serve --password $PW", "serve --password --verbose", "serve --token"],
    ...[
      "run --password secret --token secret:0a1f",
      'sh -c "PGPASSWORD=$PW psql"',
      "mysqladmin ping -p$PW",
      "ls -path",
    ],
    ...["run QWTOKENxx==", "run --x aPASSWORDb="],
    ...["run --max-tokens 100", "run --password-min-length=8", "keytool -genkey", 'sh -c "test -f /run/secrets/token"'],
  ])("has none: %s", (command) => expect(names(command)).toEqual([]));
});

describe("the rule about literal credentials", () => {
  it.each<[object, string, object?]>([
    [{ environment: { DB_PASSWORD: "hunter2" } }, `environment.DB_PASSWORD ${LITERAL}`],
    [{ environment: ["DB_PASSWORD=hunter2"] }, `environment.DB_PASSWORD ${LITERAL}`],
    [{ environment: { DB_PASSWORD: 12345678 } }, `environment.DB_PASSWORD ${LITERAL}`],
    [{ environment: { DB_PASSWORD: "${PW:-hunter2}" } }, `environment.DB_PASSWORD ${LITERAL}`],
    [{ environment: { DB_PASSWORD: "secret" } }, `environment.DB_PASSWORD ${LITERAL}`],
    [{ environment: { DB: "postgres://app:hunter2@db/app" } }, "environment.DB is a URL with a password"],
    [{ environment: { TLS: PEM.repeat(8) } }, "environment.TLS is a private key"],
    [{ environment: { TLS: PEM } }, "environment.TLS is a private key"],
    [{ labels: { "proxy.password": "hunter2" } }, `labels.proxy.password ${LITERAL}`],
    [{ labels: ["auth.token=hunter2"] }, `labels.auth.token ${LITERAL}`],
    [
      { logging: { driver: "splunk", options: { "splunk-token": "hunter2" } } },
      `logging.options.splunk-token ${LITERAL}`,
    ],
    [{ command: ["serve", "--password", "hunter2"] }, "command has a literal credential, for --password"],
    [{ command: "serve --password hunter2" }, "command has a literal credential, for --password"],
    [{ command: ["serve", "--password", "secret"] }, "command has a literal credential, for --password"],
    [{ command: ["dump", "postgres://app:hunter2@db/app"] }, "command has a URL with a password in it"],
    [{ entrypoint: ["sh", "-c", "TOKEN=hunter2 run"] }, "entrypoint has a literal credential, for TOKEN"],
    [
      { healthcheck: { test: ["CMD-SHELL", "PGPASSWORD=hunter2 psql"] } },
      "healthCheck.test has a literal credential, for PGPASSWORD",
    ],
    [{ post_start: [{ command: ["set", "--token=hunter2"] }] }, "post_start.1 has a literal credential, for --token"],
    [
      { volumes: ["share:/x"] },
      "volumes: share has a literal credential in its driver_opts, for password",
      { volumes: { share: { driver_opts: { type: "cifs", device: "//nas/x", o: "username=u,password=hunter2" } } } },
    ],
  ])("finds %j", (keys, what, rest) => {
    const expected = [`apps: shop.services.web: ${what}`];
    expect(foundBy("literal-credential", factsOf(...brought(keys as never, rest as never)))).toEqual(expected);
    if (!rest) expect(foundBy("literal-credential", factsOf(...declared(keys as never)))).toEqual(expected);
  });

  it("finds nothing in secrets of the application, however they are handed on", () => {
    const [spec, given] = brought({
      command: ["serve", "--password", "${PW}", "--url=postgres://app:${PW}@db"],
      environment: ["PW", "DB_PASSWORD=${PW}", "DATABASE_URL=postgres://app:${PW}@db", "API_TOKEN=x${PW}"],
      labels: { "auth.password": "${PW}" },
      healthcheck: { test: ["CMD-SHELL", "PGPASSWORD=$$PW psql"] },
    });
    expect(foundBy("literal-credential", factsOf(spec, { ...given, secrets: { PW: "planted-value" } }))).toEqual([]);
    expect(foundBy("literal-credential", factsOf(spec, { ...given, secrets: { PW: "secret" } }))).toEqual([]);
  });

  it("finds what settings give in plain text", () => {
    const [spec, given] = brought({ environment: { DB_PASSWORD: "${PW}", OTHER: "${PW}" } });
    const facts = factsOf(spec, { ...given, settings: { environment: { PW: "hunter2" } } });
    expect(foundBy("literal-credential", facts)).toEqual([
      `apps: shop.services.web: environment.DB_PASSWORD ${LITERAL}`,
    ]);
  });
});

describe("a planted credential", () => {
  const PLANTED = "planted-5ecr3t/v@lue";
  const everywhere = (text: string) => ({
    environment: { DB_PASSWORD: text, URL: `postgres://app:${encodeURIComponent(text)}@db`, PLAIN: text },
    labels: { "a.token": text, plain: text },
    command: ["run", "--password", text, text, `TOKEN=${text}`, `--url=postgres://u:${encodeURIComponent(text)}@db`],
    entrypoint: ["sh", "-c", `PASSWORD='${text}' run ${text}`],
    healthcheck: { test: ["CMD", "ask", `--token=${text}`, `-p${text}`, "mysql"] },
    logging: { driver: "splunk", options: { "splunk-token": text } },
    post_start: [{ command: ["x", "--token", text] }],
    volumes: ["share:/x"],
    hostname: "x",
    extra_hosts: [`${encodeURIComponent(text)}:127.0.0.1`],
    security_opt: [`seccomp=${text}`],
    sysctls: { "kernel.x": text },
    user: text,
    mem_limit: "0",
    privileged: true,
  });
  const rest = (text: string) => ({
    volumes: { share: { driver_opts: { type: "cifs", o: `username=u,password=${text}`, device: "//nas/x" } } },
  });
  const said = (text: string, secrets: Record<string, string>): string => {
    const [spec, given] = brought(everywhere(text), rest(text));
    const verdicts = verdictsOf(factsOf(spec, { ...given, secrets }));
    expect(verdicts.privileged!.findings).toHaveLength(1);
    return JSON.stringify(verdicts);
  };

  it("stands in no message of any rule, literal or as a secret of the application", () => {
    for (const text of [said(PLANTED, {}), said("${PW}", { PW: PLANTED })]) {
      expect(text).not.toContain("5ecr3t");
      expect(text).not.toContain(Buffer.from(PLANTED).toString("base64").slice(0, 20));
    }
    expect(said(PLANTED, {})).toContain("environment.DB_PASSWORD");
  });
});
