/** The Python jobs of `ci`. */

import type { Step } from "./model.ts";
import type { Linter, PythonSpec } from "./spec.ts";
import { CHECKOUT, inDirectory, type JobBody, matrix, script, uploadStep, within } from "./steps.ts";

const COMMANDS: Record<Linter, string> = {
  ruff: "ruff check .",
  black: "black --check .",
  flake8: "flake8 .",
  pylint: "pylint --recursive=y .",
  mypy: "mypy .",
};

/** Packages are cached between runs, keyed by the requirements; without requirements there is no key. */
const setupStep = (version: string, { requirements = ["requirements.txt"], directory = "." }: PythonSpec): Step => ({
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

/** Installs the project's own requirements too: they may pin the tools' versions. */
const installStep = ({ requirements = ["requirements.txt"], directory }: PythonSpec, ...tools: string[]): Step => ({
  run: ["python -m pip install", ...requirements.map((file) => `--requirement ${file}`), ...tools].join(" "),
  ...inDirectory(directory),
});

export function pythonLintJob(spec: PythonSpec): JobBody {
  const linters = lintersOf(spec);
  return {
    name: "python lint",
    steps: [
      CHECKOUT,
      setupStep(spec.versions.at(-1)!, spec),
      installStep(spec, ...linters.map(([, wanted]) => wanted)),
      // Every linter runs, so that all findings are reported.
      ...linters.map(([name]) => ({
        name,
        if: "${{ !cancelled() }}",
        run: COMMANDS[name],
        ...inDirectory(spec.directory),
      })),
    ],
  };
}

export function pythonTestJob(spec: PythonSpec): JobBody {
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
      setupStep("${{ matrix.python }}", spec),
      installStep(spec, "pytest", "pytest-cov"),
      { name: "Tests and coverage", run: command, ...inDirectory(directory) },
      {
        if: "${{ !cancelled() }}",
        ...uploadStep("coverage-python-${{ matrix.python }}", within(directory, "coverage.xml")),
      },
    ],
  };
}
