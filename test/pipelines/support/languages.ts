/** A repository in Python and Go, with a database, a cache and a Compose file: what the other pipeline has not. */

import type { RepositorySpec } from "../../../components/github/repository/spec.ts";
import { imageTags } from "../../../sandbox/images.ts";
import { expectOk, run } from "../../support/run.ts";

export const COMPOSE_PROJECT = "slipway-pipelines-ci";

const ask = async (command: string, ...args: string[]): Promise<string> =>
  expectOk(await run(command, args)).stdout.trim();

/** Versions of this machine: the stand-ins of `setup-…` take what is here. */
export const versions = async (): Promise<{ python: string; go: string }> => ({
  python: await ask("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"),
  go: (await ask("go", "env", "GOVERSION")).replace(/^go(\d+\.\d+).*/, "$1"),
});

export async function repository(): Promise<RepositorySpec> {
  const { postgres, redis } = await imageTags();
  const { python, go } = await versions();
  return {
    name: "languages",
    stack: "dev", // declared nowhere: only its files are used
    workflows: {
      ci: {
        python: {
          versions: [python],
          directory: "service",
          coverage: 80,
          linters: { ruff: "0.17.6", black: "26.10.1", flake8: "7.5.0", pylint: "4.1.4", mypy: "2.4.1" },
        },
        go: { versions: [go], directory: "counter" },
        services: { postgres, redis },
        integration: { compose: "compose.yml", run: "sh check.sh" },
      },
    },
  };
}

const PRICE = `"""Prices of the shop."""


def total(prices: list[int], discount: int = 0) -> int:
    """Sum of prices in cents, less a discount in percent."""
    if not 0 <= discount <= 100:
        raise ValueError("a discount has 0 to 100 percent")
    return sum(prices) * (100 - discount) // 100
`;

const TEST = `"""Tests of the prices, and of the services that stand beside them."""

import os

import psycopg
import pytest
import redis

from price import total


def test_total() -> None:
    """A discount is taken off."""
    assert total([100, 200], 10) == 270


def test_refusal() -> None:
    """Nothing costs less than nothing."""
    with pytest.raises(ValueError):
        total([100], 101)


def test_database() -> None:
    """The database takes the login of DATABASE_URL."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("select current_database()").fetchone()
    assert row == ("app",)


def test_cache() -> None:
    """The cache answers at REDIS_URL."""
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
`;

const COUNTER = `// Package counter counts.
package counter

import "fmt"

// Say gives the number as text.
func Say(number int) string { return fmt.Sprintf("%d", number) }
`;

const COUNTER_TEST = `package counter

import "testing"

func TestSay(t *testing.T) {
	if said := Say(7); said != "7" {
		t.Errorf("says %q", said)
	}
}
`;

export async function files(): Promise<Record<string, string>> {
  const { redis } = await imageTags();
  const { go } = await versions();
  return {
    ".gitignore": "__pycache__/\n.coverage\n",
    "service/requirements.txt": "psycopg[binary]==3.3.9\nredis==8.1.0\npytest==9.2.0\npytest-cov==7.1.0\n",
    "service/price.py": PRICE,
    "service/test_price.py": TEST,
    "counter/go.mod": `module example.org/counter\n\ngo ${go}\n`,
    "counter/counter.go": COUNTER,
    "counter/counter_test.go": COUNTER_TEST,
    "cache/Dockerfile": `FROM ${redis}\nLABEL org.opencontainers.image.title=cache\n`,
    "compose.yml": `name: ${COMPOSE_PROJECT}
services:
  cache:
    build: cache
    healthcheck: { test: [CMD, redis-cli, ping], interval: 1s, retries: 30 }
    volumes: ["data:/data"]
volumes:
  data:
`,
    "check.sh": "docker compose exec -T cache redis-cli ping | grep PONG\n",
  };
}

/** One fault for each check: the files in which they are. */
export const FAULTS: Record<string, string> = {
  // Unused import, quotes, a wrong type, and more lines that no test runs than the gate allows.
  "service/price.py": `${PRICE.replace('"""\n', '"""\n\nimport os\n')}

def bill(count: int) -> str:
    """Counts on."""
${Array.from({ length: 30 }, () => "    count += 1\n").join("")}    return count if count else 'none'
`,
  "counter/counter.go": COUNTER.replace("%d", "%d %d"),
  "check.sh": "docker compose exec -T cache redis-cli ping | grep NOTHING\n",
};
