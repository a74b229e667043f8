/** A GitHub that fails in the middle of an update, and a repository with something of each kind. */
import { expect, it } from "vitest";
import type { TestGithub } from "../../sandbox/support/server.ts";
import type { Project } from "../../support/project.ts";
import { expectOk } from "../../support/run.ts";
import { leave, projectOn, read, said, scene, secretsOf, text } from "./repository.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX";
export const SHOP = {
  name: "shop",
  stack: "dev",
  protection: "both",
  protect: false,
  archiveOnDestroy: false,
  bypass: { users: ["ada"], mode: "always" },
  secrets: ["API_TOKEN"],
  variables: { REGION: "eu" },
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"] } },
  deployKeys: { mirror: { key: KEY } },
  environments: { dev: { branches: ["main"], secrets: ["LOGIN"], variables: { LEVEL: "info" } } },
  files: { content: { "note.txt": "declared\n" } },
};
export const VALUES = { shop: { secrets: { API_TOKEN: "api-value", LOGIN: "login-value" } } };

/** What a server does instead of answering, as its `/faults` takes it. */
export type Fault = Record<string, unknown>;

export class Faulty {
  github!: TestGithub;
  project!: Project;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async start(): Promise<void> {
    Object.assign(this, await scene(this.name, text(SHOP), VALUES));
  }

  end(): Promise<void> {
    return leave(this.github, this.project);
  }

  fault(body: Fault): Promise<unknown> {
    return this.github.control("POST", "/faults", body);
  }

  /** All that was declared is there, and nothing twice. */
  async expectWhole(): Promise<void> {
    const { github } = this;
    const rulesets = (await read(github, "/rulesets")).map(({ name }: { name: string }) => name);
    expect(rulesets.sort()).toEqual(["main", "release tags"]);
    expect(await read(github, "/hooks")).toHaveLength(1);
    expect(await read(github, "/keys")).toHaveLength(1);
    expect(await secretsOf(github)).toMatchObject({
      actions: { API_TOKEN: "api-value" },
      environments: { dev: { LOGIN: "login-value" } },
    });
    expect(await read(github, "/environments/dev/deployment-branch-policies")).toMatchObject({ total_count: 1 });
  }

  /** Begins anew, on GitHub and in the state. */
  async again(): Promise<void> {
    await this.github.control("POST", "/reset");
    this.project.dispose();
    this.project = await projectOn(this.github, this.name, text(SHOP), VALUES);
  }

  /** For each of these faults: it is told by name, and the next update makes all whole. */
  tells(cases: [what: string, fault: Fault, told: RegExp][]): void {
    it.each(cases)("%s is told by name, and the next up makes it whole", async (_, fault, told) => {
      await this.again();
      await this.fault(fault);
      const failed = await this.project.up();
      expect(failed.code, said(failed)).not.toBe(0);
      expect(said(failed)).toMatch(told);
      await this.github.control("DELETE", "/faults");
      expectOk(await this.project.up());
      await this.expectWhole();
    });
  }
}
