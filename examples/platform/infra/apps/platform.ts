import { defineApplication } from "@slipway-sample/slipway";

/** Neither the password of the database, nor the address that holds it. */
const noDatabase = { secrets: [], environment: { DATABASE_URL: "" } };

/** Three images of one version, which go out together, and back together. */
export default defineApplication({
  name: "platform",
  image: "ghcr.io/acme/platform-backend",
  domain: "platform.example.com",
  services: {
    backend: { port: 8000, path: "/api", health: "/api/health" },
    server: {
      ...noDatabase,
      image: "ghcr.io/acme/platform-server:${VERSION}",
      port: 8001,
      path: "/live",
      health: "/live/health",
      drain: "25s", // a stream of live updates lasts 20 s at most
    },
    frontend: { ...noDatabase, image: "ghcr.io/acme/platform-frontend:${VERSION}", port: 8080, health: "/healthz" },
  },
  database: "postgres:15",
  databaseUrl: "postgresql+psycopg://app:{password}@db:5432/app",
  cache: "redis:7",
  migration: {
    up: ["alembic", "upgrade", "head"],
    down: ["alembic", "downgrade", "{revision}"],
    revision: ["alembic", "heads"],
  },
  verification: {
    version: "/api/v1/version",
    checks: ["/", "/version.json", "/api/health", "/api/v1/notes", "/live/health"],
    responseTime: { path: "/api/v1/notes", milliseconds: 500 },
  },
});
