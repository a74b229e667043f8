import { beforeAll, describe, expect, test } from "vitest";
import { Plugin } from "./support/plugin.ts";
import { fields, names, type PackageSchema, secrets } from "./support/schema.ts";
import { type Fields, sdkFunctions, sdkProvider, sdkResources } from "./support/sdk.ts";

/** The program speaks the SDK's names; the plugin has to mean the same by every one of them. */
describe("the github plugin and @pulumi/github", () => {
  let schema: PackageSchema;
  beforeAll(async () => {
    const plugin = await Plugin.launch("github");
    schema = JSON.parse(await plugin.schema()) as PackageSchema;
    await plugin.stop();
  });

  const resources = sdkResources();
  const functions = sdkFunctions();

  test("have the same resources and functions", () => {
    expect(resources.length).toBeGreaterThan(50);
    expect(Object.keys(schema.resources).sort()).toEqual(resources.map(({ token }) => token).sort());
    expect(Object.keys(schema.functions).sort()).toEqual(functions.map(({ token }) => token).sort());
  });

  test("take the same settings for the provider", () => {
    expect(fields(schema, schema.provider.inputProperties, schema.provider.requiredInputs)).toEqual(sdkProvider());
  });

  test.each(resources)("name and type alike what $token takes, keeps, tells and hides", ({ token, ...sdk }) => {
    const own = schema.resources[token]!;
    expect(fields(schema, own.inputProperties, own.requiredInputs)).toEqual(sdk.inputs);
    expect(names(fields(schema, own.stateInputs?.properties))).toEqual(names(sdk.state));
    expect(names(fields(schema, own.properties))).toEqual(names(sdk.outputs));
    expect(always(fields(schema, own.properties, own.required))).toEqual(always(sdk.outputs));
    expect(secrets(own.properties)).toEqual(sdk.secrets);
  });

  test.each(functions)("name and type alike what $token takes and tells", ({ token, ...sdk }) => {
    const own = schema.functions[token]!;
    expect(fields(schema, own.inputs?.properties, own.inputs?.required)).toEqual(sdk.inputs);
    expect(names(fields(schema, own.outputs?.properties))).toEqual(names(sdk.outputs));
  });
});

/** Names of what is never undefined. */
const always = (known: Fields): string[] =>
  Object.keys(known)
    .filter((name) => known[name]!.required)
    .sort();
