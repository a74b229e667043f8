/** Ports that a service publishes (https://docs.docker.com/reference/compose-file/services/#ports). */

/** The container port of a published port, in any of Compose's notations. */
export function targetPort(port: unknown): number | undefined {
  if (typeof port === "number") return port;
  if (typeof port === "string") return Number.parseInt(port.split(":").at(-1)!, 10) || undefined;
  const target = (port as { target?: unknown }).target;
  return target === undefined ? undefined : Number(target);
}

/** The host port of a published port, if it is a fixed one; of a range the first. */
export function publishedPort(port: unknown): number | undefined {
  if (typeof port === "number") return undefined;
  const text =
    typeof port === "string"
      ? port.split(":").length > 1
        ? port.split(":").at(-2)
        : undefined
      : String((port as { published?: unknown }).published ?? "");
  return text !== undefined && /^\d+(-\d+)?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}
