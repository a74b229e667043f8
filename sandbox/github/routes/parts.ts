import { open, seal } from "../boxes.ts";
import { type Call, created, type Handlers, listed, noContent, ok } from "../call.ts";
import { notFound, refused, validationFailed } from "../errors.ts";
import { nextId, now } from "../state.ts";
import type { DeployKey, Hook, Label } from "../types.ts";
import { nodeId } from "../views/nodes.ts";
import { repositoryUrl } from "../views/repositories.ts";

const labelView = (call: Call, label: Label): Record<string, unknown> => ({
  id: label.id,
  node_id: nodeId("Label", label.id),
  url: `${repositoryUrl(call, call.repository)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: label.default,
  description: label.description,
});

function label(call: Call): Label {
  const found = call.repository.labels.find(({ name }) => name.toLowerCase() === call.params.name!.toLowerCase());
  if (!found) throw notFound();
  return found;
}

function checkedLabel(call: Call, name: string, color: string | undefined, id?: number): void {
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color))
    throw validationFailed({ resource: "Label", code: "invalid", field: "color" });
  if (call.repository.labels.some((other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase())) {
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  }
}

export const labels: Handlers = {
  "issues/list-labels-for-repo": (call) =>
    listed(
      call,
      call.repository.labels.map((each) => labelView(call, each)),
    ),
  "issues/create-label": (call) => {
    const { name, color = "ededed", description = null } = call.body;
    checkedLabel(call, name, color);
    const made: Label = { id: nextId(call.state), name, color, description, default: false };
    call.repository.labels.push(made);
    return created(labelView(call, made));
  },
  "issues/get-label": (call) => ok(labelView(call, label(call))),
  "issues/update-label": (call) => {
    const found = label(call);
    // Besides `new_name`, GitHub still accepts the older `name`.
    const name = call.body.new_name ?? call.body.name ?? found.name;
    checkedLabel(call, name, call.body.color, found.id);
    Object.assign(found, {
      name,
      color: call.body.color ?? found.color,
      description: call.body.description ?? found.description,
    });
    return ok(labelView(call, found));
  },
  "issues/delete-label": (call) => {
    const { id } = label(call);
    call.repository.labels = call.repository.labels.filter((each) => each.id !== id);
    return noContent;
  },
};

function hookView(call: Call, hook: Hook): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.active,
    events: hook.events,
    config: { ...hook.config, ...(hook.secret === null ? {} : { secret: "********" }) },
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: "unused", message: null },
  };
}

function hookConfig(call: Call, before?: Hook): Pick<Hook, "config" | "secret"> {
  const { url, content_type = "form", insecure_ssl = "0", secret } = call.body.config ?? {};
  if (url === undefined) throw validationFailed({ resource: "Hook", code: "missing_field", field: "url" });
  if (!URL.canParse(url)) throw refused("Hook", "url", "url is not a valid URL");
  const { repository } = call;
  const isDuplicate = repository.hooks.some(
    (other) =>
      other.id !== before?.id &&
      other.config.url === url &&
      String(other.events) === String(call.body.events ?? before?.events ?? ["push"]),
  );
  if (isDuplicate)
    throw validationFailed({ resource: "Hook", code: "custom", message: "Hook already exists on this repository" });
  return {
    config: { url, content_type, insecure_ssl: String(insecure_ssl) },
    secret: secret ? seal(repository.key, secret) : null,
  };
}

function hook(call: Call): Hook {
  const found = call.repository.hooks.find(({ id }) => id === Number(call.params.hook_id));
  if (!found) throw notFound();
  return found;
}

export const hooks: Handlers = {
  "repos/list-webhooks": (call) =>
    listed(
      call,
      call.repository.hooks.map((each) => hookView(call, each)),
    ),
  "repos/create-webhook": (call) => {
    const { events = ["push"], active = true, name = "web" } = call.body;
    if (name !== "web") throw refused("Hook", "name", "name must be web");
    const made: Hook = {
      id: nextId(call.state),
      active,
      events,
      ...hookConfig(call),
      createdAt: now(),
      updatedAt: now(),
    };
    call.repository.hooks.push(made);
    return created(hookView(call, made));
  },
  "repos/get-webhook": (call) => ok(hookView(call, hook(call))),
  "repos/update-webhook": (call) => {
    const found = hook(call);
    const { body } = call;
    // A configuration replaces the old one completely: a secret that it omits is gone.
    Object.assign(found, body.config ? hookConfig(call, found) : {}, {
      events: body.events ?? found.events,
      active: body.active ?? found.active,
      updatedAt: now(),
    });
    return ok(hookView(call, found));
  },
  "repos/delete-webhook": (call) => {
    const { id } = hook(call);
    call.repository.hooks = call.repository.hooks.filter((each) => each.id !== id);
    return noContent;
  },
};

/** The secret of a webhook in clear text; null if it has none. */
export const hookSecret = (call: Pick<Call, "repository">, { secret }: Hook): string | null =>
  secret === null ? null : (open(call.repository.key, secret) ?? null);

const keyView = (call: Call, key: DeployKey): Record<string, unknown> => ({
  id: key.id,
  key: key.key,
  url: `${repositoryUrl(call, call.repository)}/keys/${key.id}`,
  title: key.title,
  verified: true,
  created_at: key.createdAt,
  read_only: key.read_only,
  added_by: key.addedBy,
  last_used: null,
  enabled: true,
});

function key(call: Call): DeployKey {
  const found = call.repository.keys.find(({ id }) => id === Number(call.params.key_id));
  if (!found) throw notFound();
  return found;
}

/** An OpenSSH public key without its comment, in GitHub's form; undefined if it is not a key. */
function parsedKey(text: string): string | undefined {
  const [type = "", blob = ""] = text.trim().split(/\s+/);
  const content = Buffer.from(blob, "base64");
  const named = content.length > 4 && content.subarray(4, 4 + content.readUInt32BE(0)).toString() === type;
  return named && /^(ssh-|ecdsa-|sk-)/.test(type) ? `${type} ${blob}` : undefined;
}

export const deployKeys: Handlers = {
  "repos/list-deploy-keys": (call) =>
    listed(
      call,
      call.repository.keys.map((each) => keyView(call, each)),
    ),
  "repos/create-deploy-key": (call) => {
    const content = parsedKey(call.body.key);
    if (content === undefined)
      throw refused("PublicKey", "key", "key is invalid. You must supply a key in OpenSSH public key format");
    if (call.state.repositories.some(({ keys }) => keys.some((other) => other.key === content)))
      throw refused("PublicKey", "key", "key is already in use");
    const made: DeployKey = {
      id: nextId(call.state),
      title: call.body.title ?? content.slice(0, 30),
      key: content,
      read_only: call.body.read_only ?? false,
      createdAt: now(),
      addedBy: call.actor.login,
    };
    call.repository.keys.push(made);
    return created(keyView(call, made));
  },
  "repos/get-deploy-key": (call) => ok(keyView(call, key(call))),
  "repos/delete-deploy-key": (call) => {
    const { id } = key(call);
    call.repository.keys = call.repository.keys.filter((each) => each.id !== id);
    return noContent;
  },
};
