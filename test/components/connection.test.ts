/** How a host is reached, as the state keeps it: with an agent it is the same from every machine. */
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { commandConnection } from "../../components/host/connection.ts";
import type { HostSettings } from "../../components/settings/types.ts";
import { resolved, startEngine } from "../support/engine.ts";

beforeAll(() => startEngine());
afterEach(() => vi.unstubAllEnvs());

const connection = (key?: string): Promise<object> => {
  const host = {
    address: "192.0.2.1",
    port: 22,
    user: "deploy",
    agent: key === undefined,
    hostKey: "ssh-ed25519 AAAA",
    ...(key === undefined ? {} : { privateKey: pulumi.output(key) }),
  };
  return resolved(pulumi.output(commandConnection(host as unknown as HostSettings<pulumi.Output<string>>)));
};

it("holds nothing of an agent, so that a laptop and a pipeline with keys of their own see no change", async () => {
  vi.stubEnv("SSH_AUTH_SOCK", "/run/laptop/agent");
  const laptop = await connection();
  vi.stubEnv("SSH_AUTH_SOCK", "/tmp/pipeline/agent");
  expect(await connection()).toEqual(laptop);
  expect(laptop).not.toHaveProperty("privateKey");
});

it("holds a key that the settings name", async () =>
  expect(await connection("key")).toMatchObject({ privateKey: "key" }));
