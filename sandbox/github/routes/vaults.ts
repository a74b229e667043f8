import { open } from "../boxes.ts";
import { type Call, created, type Handler, type Handlers, listed, noContent, ok } from "../call.ts";
import { conflict, notFound, unprocessable } from "../errors.ts";
import { now } from "../state.ts";
import type { Vault } from "../types.ts";
import { environmentOf } from "./environments.ts";

type Find = (call: Call) => Vault;
const times = ({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }) => ({
  created_at: createdAt,
  updated_at: updatedAt,
});

function checkedName(kind: "Secret" | "Variable", name: string): string {
  const upper = name.toUpperCase();
  if (!/^[A-Z_][A-Z0-9_]*$/.test(upper)) {
    throw unprocessable(
      `${kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`,
    );
  }
  if (upper.startsWith("GITHUB_")) throw unprocessable(`${kind} names must not start with GITHUB_.`);
  return upper;
}

const secretView = (name: string, secret: Vault["secrets"][string]) => ({ name, ...times(secret) });

/** Stores a sealed box after opening it once: like GitHub, refuses one that the current key does not open. */
function putSecret(call: Call, vault: Vault): ReturnType<Handler> {
  const name = checkedName("Secret", call.params.secret_name!);
  const { encrypted_value: box, key_id: keyId } = call.body as { encrypted_value?: string; key_id?: string };
  const text = keyId === vault.key.id && box !== undefined ? open(vault.key, box) : undefined;
  if (text === undefined) throw unprocessable("Bad request - validation failed due to an improperly encrypted secret");
  if (Buffer.byteLength(text) > 48 * 1024) throw unprocessable("Secret value is too large. The maximum size is 48 KB.");
  const before = vault.secrets[name];
  vault.secrets[name] = { box: box!, createdAt: before?.createdAt ?? now(), updatedAt: now() };
  return before ? noContent : created({});
}

function secretHandlers(find: Find, names: Record<"list" | "key" | "get" | "put" | "delete", string>): Handlers {
  const at = (call: Call): string => {
    const name = call.params.secret_name!.toUpperCase();
    if (!find(call).secrets[name]) throw notFound();
    return name;
  };
  return {
    [names.list]: (call) =>
      listed(call, Object.entries(find(call).secrets).sort(), (page, total) => ({
        total_count: total,
        secrets: page.map(([name, secret]) => secretView(name, secret)),
      })),
    [names.key]: (call) => ok({ key_id: find(call).key.id, key: find(call).key.publicKey }),
    [names.get]: (call) => ok(secretView(at(call), find(call).secrets[at(call)]!)),
    [names.put]: (call) => putSecret(call, find(call)),
    [names.delete]: (call) => (delete find(call).secrets[at(call)], noContent),
  };
}

function variableHandlers(
  find: Find,
  names: Record<"list" | "create" | "get" | "update" | "delete", string>,
): Handlers {
  const at = (call: Call): string => {
    const name = call.params.name!.toUpperCase();
    if (!find(call).variables[name]) throw notFound();
    return name;
  };
  const view = (name: string, variable: Vault["variables"][string]) => ({
    name,
    value: variable.value,
    ...times(variable),
  });
  return {
    [names.list]: (call) =>
      listed(call, Object.entries(find(call).variables).sort(), (page, total) => ({
        total_count: total,
        variables: page.map(([name, each]) => view(name, each)),
      })),
    [names.create]: (call) => {
      const name = checkedName("Variable", call.body.name);
      if (find(call).variables[name]) throw conflict("Already exists - Variable already exists");
      find(call).variables[name] = { value: call.body.value, createdAt: now(), updatedAt: now() };
      return created({});
    },
    [names.get]: (call) => ok(view(at(call), find(call).variables[at(call)]!)),
    [names.update]: (call) => {
      const { variables } = find(call);
      const { [at(call)]: before, ...rest } = variables;
      const name = checkedName("Variable", call.body.name ?? at(call));
      if (rest[name]) throw conflict("Already exists - Variable already exists");
      find(call).variables = {
        ...rest,
        [name]: { ...before!, value: call.body.value ?? before!.value, updatedAt: now() },
      };
      return noContent;
    },
    [names.delete]: (call) => (delete find(call).variables[at(call)], noContent),
  };
}

const ofRepository: Find = ({ repository }) => repository;

export const vaults: Handlers = {
  ...secretHandlers(ofRepository, {
    list: "actions/list-repo-secrets",
    key: "actions/get-repo-public-key",
    get: "actions/get-repo-secret",
    put: "actions/create-or-update-repo-secret",
    delete: "actions/delete-repo-secret",
  }),
  ...secretHandlers(environmentOf, {
    list: "actions/list-environment-secrets",
    key: "actions/get-environment-public-key",
    get: "actions/get-environment-secret",
    put: "actions/create-or-update-environment-secret",
    delete: "actions/delete-environment-secret",
  }),
  ...secretHandlers(({ repository }) => repository.dependabot, {
    list: "dependabot/list-repo-secrets",
    key: "dependabot/get-repo-public-key",
    get: "dependabot/get-repo-secret",
    put: "dependabot/create-or-update-repo-secret",
    delete: "dependabot/delete-repo-secret",
  }),
  ...variableHandlers(ofRepository, {
    list: "actions/list-repo-variables",
    create: "actions/create-repo-variable",
    get: "actions/get-repo-variable",
    update: "actions/update-repo-variable",
    delete: "actions/delete-repo-variable",
  }),
  ...variableHandlers(environmentOf, {
    list: "actions/list-environment-variables",
    create: "actions/create-environment-variable",
    get: "actions/get-environment-variable",
    update: "actions/update-environment-variable",
    delete: "actions/delete-environment-variable",
  }),
};
