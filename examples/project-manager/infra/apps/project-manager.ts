import { defineApplication } from "@slipway-sample/slipway";

export default defineApplication({
  name: "project-manager",
  image: "ghcr.io/gpt153/project-manager",
  compose: ["../docker-compose.yml", "../docker-compose.prod.yml"],
  services: {
    app: { port: 8000, health: { path: "/health", interval: "200ms" } },
    // The one that listens ends before the next one begins.
    bot: { strategy: "recreate" },
  },
  migration: {
    up: ["alembic", "upgrade", "head"],
    revision: ["alembic", "heads"],
    down: ["alembic", "downgrade", "{revision}"],
  },
  verification: {
    version: "/version",
    checks: ["/", "/health", "/health/bot", "/api/projects"],
    command: { service: "app", command: ["python3", "-m", "project_manager.smoke"] },
  },
  preflight: { freeMiB: 2048, variables: ["DATABASE_URL", "REDIS_URL", "TELEGRAM_BOT_TOKEN", "GITHUB_WEBHOOK_SECRET"] },
});
