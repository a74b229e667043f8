import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatedFiles } from "../../../components/github/repository/generated.ts";
import { parseReference } from "../../../components/image/reference.ts";
import { findDigest, listTags } from "../../../components/image/registry.ts";
import { Problems } from "../../../components/shared/problems.ts";
import { TestGithub } from "../../sandbox/support/server.ts";
import { renderProgram } from "../../support/program.ts";
import { Project } from "../../support/project.ts";
import { CHECKOUT, expectOk, run } from "../../support/run.ts";
import { hostEntry, REGISTRY, settings } from "../../support/sandbox.ts";
import { plant } from "../../support/secrets.ts";
import { SANDBOX } from "../../support/ssh.ts";
import { forAct, type Occasion, type Report, runWorkflow } from "./act.ts";
import { Checkout, SAMPLE } from "./checkout.ts";
import { APPLICATION, HOSTS, IMAGE, NAME, repository } from "./declared.ts";

const FOLDER = join(SANDBOX, "tests", "pipelines");
const STATE = `file://${join(FOLDER, "state")}`;
const registryPassword = readFileSync(join(SANDBOX, "registry-password"), "utf8").trim();

/** Values that must appear in no job's output. */
export const PLANTED = {
  PULUMI_CONFIG_PASSPHRASE: plant("passphrase"),
  keySeed: plant("seed"),
  REGISTRY_PASSWORD: registryPassword,
};

export type Stack = keyof typeof HOSTS;
const STACKS = Object.keys(HOSTS) as Stack[];

/** A team's whole way: a repository on GitHub, its checkout, its two environments, and an administrator who prepares hosts. */
export class Scene {
  readonly github = new TestGithub();
  readonly checkout = new Checkout(join(FOLDER, "checkout"));
  /** act takes a path with a space for two words, and the checkout may lie below one. */
  readonly actFolder = mkdtempSync(join(tmpdir(), "slipway-act-"));
  /** What the jobs said so far, by workflow. */
  readonly said: Record<string, string> = {};
  /** The job's own, which may read the repository and comment. */
  jobToken = "";
  private readonly projects = new Map<Stack, Project>();
  private agent: Record<string, string> = {};

  async create(): Promise<void> {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(join(FOLDER, "state"), { recursive: true });
    await this.github.start();
    this.jobToken = await this.github.tokenFor("grace", ["repo"]);
    await this.startAgent();
    const declared = repository(STATE);
    const library = join(CHECKOUT, "components/index.ts");
    const program = renderProgram({ applications: [APPLICATION], repositories: [declared], library });
    for (const stack of STACKS) this.projects.set(stack, await this.project(stack, program));
    await this.checkout.create({ ...SAMPLE, ...forAct(generatedFiles(Problems.ofRepository(NAME), declared)) });
    await this.checkout.addProgram();
    for (const stack of STACKS)
      this.checkout.take(this.projects.get(stack)!.folder, "Pulumi.yaml", "index.ts", `Pulumi.${stack}.yaml`);
    await this.checkout.commit("The program that deploys it");
  }

  /** The administrator's own `pulumi up`, which prepares the host, lets the pipeline's key in, and deploys a first version. */
  async prepare(stack: Stack, version: string): Promise<void> {
    const project = this.projects.get(stack)!;
    project.setConfig({ "slipway:applications": { [NAME]: { ...application(stack), version } } });
    expectOk(await project.up());
  }

  /** Runs a workflow with the secrets and variables that GitHub has for it; those of one environment, as act knows none. */
  async run(occasion: Occasion & { stack?: Stack }): Promise<Report> {
    const { stack = "dev", ...what } = occasion;
    const environment = what.workflow === "preview" ? `${stack}-preview` : stack;
    return this.act({
      ...what,
      secrets: await this.secrets(environment),
      variables: await this.variables(environment),
    });
  }

  /** The first build, before the program has brought the repository's secrets to GitHub: they are given by hand. */
  build(secrets: Record<string, string>): Promise<Report> {
    return this.act({
      workflow: "build",
      event: "workflow_dispatch",
      visibility: "public",
      secrets,
      variables: { REGISTRY_USERNAME: "slipway" },
    });
  }

  /** The repository's secrets and those of one environment, as GitHub decrypts them. */
  async secrets(environment: string): Promise<Record<string, string>> {
    const { body } = await this.github.control("GET", "/secrets");
    const { actions, environments } = body[`harbour/${NAME}`];
    return { ...actions, ...environments[environment] };
  }

  /** Opens a pull request on GitHub with these files of the checkout, as they are; gives its number. */
  async propose(branch: string, ...paths: string[]): Promise<number> {
    const main = await this.ask("GET", "/git/ref/heads/main");
    await this.ask("POST", "/git/refs", { ref: `refs/heads/${branch}`, sha: main.object.sha });
    for (const path of paths) {
      const content = readFileSync(join(this.checkout.folder, path)).toString("base64");
      await this.ask("PUT", `/contents/${path}`, { branch, content, message: branch });
    }
    return (await this.ask("POST", "/pulls", { title: branch, head: branch, base: "main" })).number;
  }

  /** What is said on a pull request, oldest first. */
  async comments(number: number): Promise<string[]> {
    return (await this.ask("GET", `/issues/${number}/comments`)).map(({ body }: { body: string }) => body);
  }

  async remove(): Promise<void> {
    // The repository is dev's, and goes last.
    for (const project of [...this.projects.values()].reverse()) expectOk(await project.destroy());
    for (const project of this.projects.values()) project.dispose();
    const { stdout } = await run("docker", ["images", "--quiet", "--filter", "label=slipway.pipelines"]);
    await run("docker", ["rmi", "--force", ...new Set(stdout.split("\n").filter(Boolean))]);
    if (this.agent.SSH_AGENT_PID) await run("ssh-agent", ["-k"], { env: this.agent });
    await this.github.remove();
    for (const folder of [FOLDER, this.actFolder]) rmSync(folder, { recursive: true, force: true });
  }

  private async act(occasion: Occasion): Promise<Report> {
    const secrets = { GITHUB_TOKEN: this.jobToken, ...occasion.secrets };
    const report = await runWorkflow(this.checkout.folder, this.actFolder, {
      ...occasion,
      secrets,
      machine: { SANDBOX_GITHUB: `${this.github.url}api/v3` },
    });
    this.said[`${Object.keys(this.said).length} ${occasion.workflow}`] = report.text;
    return report;
  }

  /** A call about the repository that GitHub must obey. */
  private async ask(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.github.rest(method, `/repos/harbour/${NAME}${path}`, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  private async variables(environment: string): Promise<Record<string, string>> {
    const of = async (path: string): Promise<[string, string][]> =>
      (await this.ask("GET", path)).variables.map(({ name, value }: Record<string, string>) => [name, value]);
    return Object.fromEntries([
      ...(await of("/actions/variables")),
      ...(await of(`/environments/${environment}/variables`)),
    ]);
  }

  private async project(stack: Stack, program: string): Promise<Project> {
    const project = await Project.create({
      name: `pipelines-${stack}`,
      stack,
      program,
      env: { PULUMI_BACKEND_URL: STATE, PULUMI_CONFIG_PASSPHRASE: PLANTED.PULUMI_CONFIG_PASSPHRASE, ...this.agent },
      config: this.config(stack),
    });
    const encrypted = {
      [`slipway:registries["${REGISTRY}"].password`]: registryPassword,
      "slipway:github.keySeed": PLANTED.keySeed,
      "slipway:github.token": this.github.token,
      [`slipway:repositories.${NAME}.secrets.PULUMI_CONFIG_PASSPHRASE`]: PLANTED.PULUMI_CONFIG_PASSPHRASE,
      ...(stack === "dev" ? { [`slipway:repositories.${NAME}.secrets.REGISTRY_PASSWORD`]: registryPassword } : {}),
    };
    for (const [path, value] of Object.entries(encrypted)) await project.setSecret(path, value);
    return project;
  }

  private config(stack: Stack): Record<string, unknown> {
    // The key is an agent's, and the registry's password an encrypted value.
    const { privateKeyFile: _, ...host } = hostEntry(HOSTS[stack]);
    return settings(
      [],
      { [NAME]: application(stack) },
      {
        "slipway:hosts": { [`host-${HOSTS[stack]}`]: host },
        "slipway:registries": { [REGISTRY]: { username: "slipway", insecureSkipVerify: true } },
        "slipway:github": { owner: "harbour", baseUrl: this.github.url, writeDelayMs: 0 },
      },
    );
  }

  /** The administrator's agent: the program finds its key there, as it finds the pipeline's in a job. */
  private async startAgent(): Promise<void> {
    const { stdout } = expectOk(await run("ssh-agent", ["-s"]));
    this.agent = Object.fromEntries(
      Array.from(stdout.matchAll(/^(\w+)=([^;]+);/gm), ([, name, value]) => [name!, value!]),
    );
    expectOk(await run("ssh-add", ["-q", join(SANDBOX, "id_ed25519")], { env: this.agent }));
  }
}

/** Without a version: the pipeline names it. */
const application = (stack: Stack): Record<string, unknown> => ({ hosts: [`host-${HOSTS[stack]}`], removeData: true });

const login = { username: "slipway", password: registryPassword, insecureSkipVerify: true };

export const digestOf = (tag: string): Promise<string | undefined> =>
  findDigest(parseReference(`${IMAGE}:${tag}`), login);
export const tagsOf = (): Promise<string[]> => listTags(parseReference(IMAGE), login);
