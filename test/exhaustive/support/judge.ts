/** The rules: what must hold after harm, after the recovery, and after a plain deployment. Each is read from the host. */
import { GOOD } from "./scenes.ts";
import { answering, type Ran, type Seen, type World } from "./seen.ts";

export interface Before {
  /** Version that served, checksum of the neighbour. */
  version: string;
  neighbour: string;
}

const good = (version: string): boolean => GOOD.some((one) => one === version);
const LEFT_BEHIND = /\.new\.|\.next$|\/\.incoming|\/\.docker|\.kept$|\.old$|\/before\/.|\.filler/;
/** What a killed staging leaves is removed by its age. */
const BY_AGE = /\/releases\/\.new\.|\/secrets\/\.new\./;

/** What is left of the application beside what the record names. */
function extra({ containers, deployment, helpers }: World): string[] {
  let record: { containers?: { id: string }[] };
  try {
    record = JSON.parse(deployment);
  } catch {
    return ["the record cannot be read"];
  }
  const ids = new Set(record.containers?.map(({ id }) => id));
  const unknown = containers.filter(({ id }) => !ids.has(id)).map(({ name, state }) => `${name} (${state}) is left`);
  const missing = [...ids].filter((id) => !containers.some((one) => one.id === id));
  const stopped = containers
    .filter(({ id, state }) => ids.has(id) && state !== "running")
    .map(({ name }) => `${name} does not run`);
  const forgotten = containers
    .filter(({ id, policy }) => ids.has(id) && policy !== "always")
    .map(({ name, policy }) => `${name} has the restart policy "${policy}"`);
  const several = Object.entries(Object.groupBy(containers, ({ service }) => service))
    .filter(([, all = []]) => all.length > 1)
    .map(
      ([service, all = []]) =>
        `${all.length} containers of ${service}: ${all.map(({ name, state }) => `${name} (${state})`).join(", ")}`,
    );
  return [
    ...unknown,
    ...several,
    ...forgotten,
    ...missing.map((id) => `${id.slice(0, 12)} is gone`),
    ...stopped,
    ...helpers.map((name) => `${name} is left`),
  ];
}

function always(world: World, before: Before): string[] {
  return [
    ...(world.neighbour === before.neighbour ? [] : ["the neighbour was touched"]),
    ...world.broken.map((release) => `the files of the confirmed release ${release} are not whole`),
    ...(world.ledgerError === "" ? [] : [`the ledger is no JSON: ${world.ledgerError.trim()}`]),
    ...(world.inspect === null ? ["inspect does not name the application"] : []),
  ];
}

function settled(world: World): string[] {
  const version = answering(world);
  return [...(good(version) ? [] : [`what answers is not a verified version: ${version}`]), ...extra(world)];
}

/** What was said is so. */
function truth({ code, output }: Ran, world: World, before: Before, wanted: string | undefined): string[] {
  const version = answering(world);
  const says = /(\d+\.\d+\.\d+) \(release \w+\) serves (as before|and is confirmed)/g;
  const said = [...output.matchAll(says)].at(-1);
  const unchanged = /nothing was changed|what ran still runs/i.test(output);
  return [
    ...(said && said[1] !== version && !/NOTHING SERVES/.test(output)
      ? [`said "${said[0]}", but ${version} answers`]
      : []),
    ...(code === 0 && wanted !== undefined && version !== wanted ? [`exit code 0, but ${version} answers`] : []),
    ...(unchanged && !said && world.journal === "" && version !== before.version
      ? [`said that nothing was changed, but ${version} answers`]
      : []),
    ...(/HANGS/.test(output) ? ["processes are left that do not end"] : []),
  ];
}

function afterHarm({ act, after }: Seen, before: Before, wanted: string | undefined, killed: boolean): string[] {
  const version = answering(after);
  const open = after.journal !== "";
  const toldSo =
    after.inspect?.differences.some((line) => /not settled|NOTHING SERVES|cannot be read/.test(line)) ?? false;
  const left = after.files.filter((file) => LEFT_BEHIND.test(file) && !BY_AGE.test(file));
  return [
    ...always(after, before),
    ...truth(act, after, before, wanted),
    ...(open && !toldSo ? ["a journal is there, and inspect says nothing of it"] : []),
    ...(version.startsWith("6.6.6") || version.includes("0.0.0-wrong") ? ["the version that fails answers"] : []),
    ...(open ? [] : settled(after)),
    ...(open || killed || /\trm(dir)?\t/.test(act.hit) ? [] : left.map((file) => `${file} is left`)),
  ].map((text) => `after the harm: ${text}`);
}

/** @returns what does not hold; nothing where all is well */
export function judge(
  seen: Seen,
  before: Before,
  final: string,
  wanted: string | undefined,
  killed: boolean,
): string[] {
  const { recover, recovered, converge, converged } = seen;
  for (const name of ["act", "after", "recover", "recovered", "converge", "converged"] as const)
    if (seen[name] === undefined) return [`the case did not end: nothing is known of "${name}"`];
  const end = answering(converged);
  return [
    ...afterHarm(seen, before, wanted, killed),
    ...[
      ...always(recovered, before),
      ...settled(recovered),
      ...truth(recover, recovered, before, undefined),
      ...(recovered.journal === "" ? [] : ["the journal is still there"]),
      ...([0, 1].includes(recover.code) ? [] : [`recover ends with ${recover.code}`]),
    ].map((text) => `after recover: ${text}`),
    ...[
      ...always(converged, before),
      ...extra(converged),
      ...(converge.code === 0 ? [] : [`it ends with ${converge.code}: ${converge.output.trim().split("\n").at(-1)}`]),
      ...(end === final ? [] : [`${end} answers`]),
      ...(converged.journal === "" ? [] : ["a journal is there"]),
      ...(converged.inspect?.differences ?? []).map((line) => `inspect says: ${line}`),
      ...converged.files
        .filter((file) => LEFT_BEHIND.test(file) && !BY_AGE.test(file))
        .map((file) => `${file} is left`),
    ].map((text) => `after a plain deployment: ${text}`),
  ];
}

/** In which of few ways a case ended well. */
export function outcome(seen: Seen, wanted: string | undefined): string {
  if (seen.act.hit === "") return "not reached";
  const version = answering(seen.after);
  if (/NOTHING SERVES/.test(seen.act.output)) return "said that nothing serves; recovered";
  if (seen.after.journal !== "")
    return good(version) ? "not settled, one version answers; recovered" : "not settled, none answers; recovered";
  return version === wanted ? "serves the new version" : "serves the version before";
}
