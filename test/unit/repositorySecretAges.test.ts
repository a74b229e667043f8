import { describe, expect, it } from "vitest";
import { secretAges } from "../../components/github/repository/secretAges.ts";

const NOW = new Date("2026-05-01T12:00:00Z");

describe("the age of a secret", () => {
  it("is in whole days, the oldest first, and due from the rotation's day on", () =>
    expect(
      secretAges(
        [
          { name: "NEW", updatedAt: "2026-05-01T11:00:00Z" },
          { name: "LOGIN", environment: "prod", updatedAt: "2026-01-31T12:00:00Z" },
          { name: "LOGIN", environment: "dev", updatedAt: "2026-01-31T12:00:01Z" },
        ],
        90,
        NOW,
      ),
    ).toEqual([
      { name: "LOGIN", where: 'environment "prod"', days: 90, isDue: true },
      { name: "LOGIN", where: 'environment "dev"', days: 89, isDue: false },
      { name: "NEW", where: "the repository", days: 0, isDue: false },
    ]));

  it("is none of a clock that is ahead", () =>
    expect(secretAges([{ name: "A", updatedAt: "2026-05-03T00:00:00Z" }], 1, NOW)).toMatchObject([{ days: 0 }]));
});
