import { defineApplication } from "../components/application/declaration.ts";

/** The sample application: a web service with Postgres. */
export default defineApplication({
  name: "shop",
  image: "ghcr.io/harbour/shop",
  domain: "http://shop.localhost",
  services: {
    web: { port: 8000, health: "/health" },
  },
  database: "postgres:15",
  migration: ["/app", "migrate"],
  verification: { version: "/api/v1/version", checks: ["/"] },
});
