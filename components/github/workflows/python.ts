/** The Python jobs of `ci`. */

import type { Step } from "./model.ts";
import type { Linter, PythonSpec } from "./spec.ts";
import { CHECKOUT, inDirectory, type JobBody, keep, matrix, script, within } from "./steps.ts";

const COMMANDS: Record<Linter, string> = {
  ruff: "ruff check .",
  black: "black --check .",
  flake8: "flake8 .",
  pylint: "pylint --recursive=y .",
  mypy: "mypy .",
};

/** Packages are kept between runs by the requirements; without any there is nothing to know them by. */
const setup = (version: string, { requirements = ["requirements.txt"], directory = "." }: PythonSpec): Step => ({
  uses: "actions/setup-python",
  with: {
    "python-version": version,
    ...(requirements.length > 0
      ? { cache: "pip", "cache-dependency-path": script(...requirements.map((file) => within(directory, file))) }
      : {}),
  },
});

function lintersOf({ linters = ["ruff"] }: PythonSpec): [Linter, string][] {
  const versions = Array.isArray(linters) ? Object.fromEntries(linters.map((name) => [name, ""])) : linters;
  return Object.entries(versions).map(([name, version]) => [name as Linter, version ? `${name}==${version}` : name]);
}

/** The project's own requirements come with it: they may fix the tools' versions. */
const install = ({ requirements = ["requirements.txt"], directory }: PythonSpec, ...tools: string[]): Step => ({
  run: ["python -m pip install", ...requirements.map((file) => `--requirement ${file}`), ...tools].join(" "),
  ...inDirectory(directory),
});

export function lintPython(spec: PythonSpec): JobBody {
  const linters = lintersOf(spec);
  return {
    name: "python lint",
    steps: [
      CHECKOUT,
      setup(spec.versions.at(-1)!, spec),
      install(spec, ...linters.map(([, wanted]) => wanted)),
      // All of them say what they find.
      ...linters.map(([name]) => ({
        name,
        if: "${{ !cancelled() }}",
        run: COMMANDS[name],
        ...inDirectory(spec.directory),
      })),
    ],
  };
}

export function testPython(spec: PythonSpec): JobBody {
  const { versions, coverage = 80, pytest = "", directory = "." } = spec;
  const command = [
    "python -m pytest --cov --cov-report term-missing --cov-report xml:coverage.xml",
    `--cov-fail-under ${coverage}`,
    pytest,
  ]
    .filter(Boolean)
    .join(" ");
  return {
    name: "python ${{ matrix.python }}",
    ...matrix("python", versions),
    steps: [
      CHECKOUT,
      setup("${{ matrix.python }}", spec),
      install(spec, "pytest", "pytest-cov"),
      { name: "Tests and coverage", run: command, ...inDirectory(directory) },
      { if: "${{ !cancelled() }}", ...keep("coverage-python-${{ matrix.python }}", within(directory, "coverage.xml")) },
    ],
  };
}
