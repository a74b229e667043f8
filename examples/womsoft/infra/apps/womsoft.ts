import { defineApplication } from "@slipway-sample/slipway";

export default defineApplication({
  name: "womsoft",
  image: "ghcr.io/womsoft/server",
  services: { web: { port: 8000, health: "/health", memory: "256m", drain: "15s" } },
  database: "postgres:15",
  databaseUrl: "postgresql+psycopg://app:{password}@db:5432/app",
  migration: {
    up: ["alembic", "upgrade", "head"],
    revision: ["alembic", "heads"],
    down: ["alembic", "downgrade", "{revision}"],
  },
  verification: {
    version: "/version",
    checks: ["/health", "/openapi.json", "/api/v1/licences/none"],
    responseTime: { path: "/api/v1/licences/none", milliseconds: 200 },
  },
});
