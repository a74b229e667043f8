import { defineApplication } from "@slipway-sample/slipway";

export default defineApplication({
  name: "myfoodbudget",
  image: "ghcr.io/anna/myfoodbudget",
  compose: "../docker-compose.prod.yml",
  domain: "food.example.com",
  proxy: { headers: { "Strict-Transport-Security": "max-age=31536000" }, maxBody: "1MB" },
  // One process may write to the file: a new version takes its place while requests are held.
  services: { web: { port: 8000, health: { path: "/health", interval: "200ms" }, strategy: "recreate" } },
  hold: "1m",
  migration: {
    up: ["alembic", "upgrade", "head"],
    revision: ["alembic", "heads"],
    down: ["alembic", "downgrade", "{revision}"],
    // Nothing writes between the backup and the new version, so that a failure restores all that was there.
    compatible: false,
  },
  backup: {
    command: ["python3", "maintenance.py", "backup"],
    restore: ["python3", "maintenance.py", "restore"],
  },
  jobs: {
    vacuum: { schedule: "20 4 * * SUN", timeZone: "Europe/Berlin", command: ["python3", "maintenance.py", "vacuum"] },
  },
  verification: {
    version: "/version",
    checks: ["/", "/api/summary"],
    responseTime: { path: "/", milliseconds: 200 },
  },
  preflight: { freeMiB: 1024, variables: ["SECRET_KEY"] },
});
