import { defineApplication } from "@slipway-sample/slipway";

/** A list of games in one SQLite file, on one machine at home. */
export default defineApplication({
  name: "pelico",
  image: "ghcr.io/anna/pelico",
  build: { context: ".." }, // `pulumi up` builds version and commit into the image, and pushes it
  domain: "pelico.example.org",
  services: {
    web: {
      port: 8080,
      health: "/health",
      volumes: ["data:/data"],
      strategy: "recreate", // one writer of the file at a time; requests are held meanwhile
      memory: "256m",
    },
  },
  migration: {
    up: ["/pelico", "migrate", "up"],
    down: ["/pelico", "migrate", "down-to", "{revision}"],
    revision: ["/pelico", "migrate", "schema"],
  },
  verification: {
    version: "/api/v1/version",
    checks: ["/", "/health", "/api/v1/games"],
    responseTime: { path: "/api/v1/games", milliseconds: 1000 },
  },
  jobs: {
    vacuum: { schedule: "30 4 * * 0", command: ["/pelico", "vacuum"], timeZone: "Europe/Berlin" },
  },
  preflight: { freeMiB: 1024 },
});
