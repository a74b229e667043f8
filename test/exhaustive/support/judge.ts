/** The rules: what must hold after harm, after the recovery, and after a plain deployment. Each is read from the host. */
import { GOOD } from "./scenes.ts";
import { answering, NOTHING, type Ran, type Seen, type World } from "./seen.ts";

/** A verified version, or nothing where there was nothing before. */
const good = (version: string, before: World): boolean =>
  GOOD.some((one) => one === version) || (version === NOTHING && answering(before) === NOTHING);
/** What settle.sh says where not all is as it should be. */
const UNSERVED = /NOTHING SERVES|ONLY A PART SERVES/;
const LEFT_BEHIND = /\.new\.|\.next$|\/\.incoming|\/\.docker|\.kept$|\.old$|\/before\/.|\.filler/;
/** What a killed staging leaves is removed by its age. */
const BY_AGE = /\/releases\/\.new\.|\/secrets\/\.new\./;

/** What is left of the application beside what the record names. */
function extra(world: World): string[] {
  const { containers, deployment, helpers } = world;
  let record: { containers?: { id: string }[] };
  try {
    record = deployment === "" && answering(world) === NOTHING ? {} : JSON.parse(deployment);
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

function always(world: World, before: World): string[] {
  return [
    ...(world.neighbour === before.neighbour ? [] : ["the neighbour was touched"]),
    ...world.broken.map((release) => `the files of the confirmed release ${release} are not whole`),
    ...(world.ledgerError === "" ? [] : [`the ledger is no JSON: ${world.ledgerError.trim()}`]),
    ...(world.inspect === null && world.deployment + world.journal !== ""
      ? ["inspect does not name the application"]
      : []),
  ];
}

function settled(world: World, before: World): string[] {
  const version = answering(world);
  return [...(good(version, before) ? [] : [`what answers is not a verified version: ${version}`]), ...extra(world)];
}

/** What was said is so. */
function truth({ code, output }: Ran, world: World, before: World, wanted: string | undefined): string[] {
  const version = answering(world);
  const says = /(\d+\.\d+\.\d+) \(release \w+\) serves (as before|and is confirmed)/g;
  const said = [...output.matchAll(says)].at(-1);
  const unchanged = /nothing was changed|what ran still runs/i.test(output);
  return [
    ...(said && said[1] !== version && !UNSERVED.test(output) ? [`said "${said[0]}", but ${version} answers`] : []),
    ...(code === 0 && wanted !== undefined && version !== wanted ? [`exit code 0, but ${version} answers`] : []),
    ...(unchanged && !said && world.journal === "" && version !== answering(before)
      ? [`said that nothing was changed, but ${version} answers`]
      : []),
    ...(/HANGS/.test(output) ? ["processes are left that do not end"] : []),
  ];
}

function afterHarm({ act, after, before }: Seen, wanted: string | undefined, killed: boolean): string[] {
  const version = answering(after);
  const open = after.journal !== "";
  const toldSo =
    after.inspect?.differences.some((line) => /not settled|cannot be read/.test(line) || UNSERVED.test(line)) ?? false;
  const left = after.files.filter((file) => LEFT_BEHIND.test(file) && !BY_AGE.test(file));
  return [
    ...always(after, before),
    ...truth(act, after, before, wanted),
    ...(open && !toldSo ? ["a journal is there, and inspect says nothing of it"] : []),
    ...(version.startsWith("6.6.6") || version.includes("0.0.0-wrong") ? ["the version that fails answers"] : []),
    ...(open ? [] : settled(after, before)),
    ...(open || killed || /\trm(dir)?\t/.test(act.hit) ? [] : left.map((file) => `${file} is left`)),
  ].map((text) => `after the harm: ${text}`);
}

/** @returns what does not hold; nothing where all is well */
export function judge(seen: Seen, final: string, wanted: string | undefined, killed: boolean): string[] {
  const { before, recover, recovered, converge, converged, alike } = seen;
  for (const name of ["before", "act", "after", "recover", "recovered"] as const)
    if (seen[name] === undefined) return [`the case did not end: nothing is known of "${name}"`];
  if (!alike && !(converge && converged)) return ["the case did not end: nothing is known of a plain deployment"];
  return [
    ...afterHarm(seen, wanted, killed),
    ...[
      ...always(recovered, before),
      ...settled(recovered, before),
      ...truth(recover, recovered, before, undefined),
      ...(recovered.journal === "" ? [] : ["the journal is still there"]),
      ...([0, 1].includes(recover.code) ? [] : [`recover ends with ${recover.code}`]),
    ].map((text) => `after recover: ${text}`),
    ...(converge && converged ? afterDeployment(converge, converged, before, final) : []).map(
      (text) => `after a plain deployment: ${text}`,
    ),
  ];
}

function afterDeployment(converge: Ran, converged: World, before: World, final: string): string[] {
  const end = answering(converged);
  return [
    ...always(converged, before),
    ...extra(converged),
    ...(converge.code === 0 ? [] : [`it ends with ${converge.code}: ${converge.output.trim().split("\n").at(-1)}`]),
    ...(end === final ? [] : [`${end} answers`]),
    ...(converged.journal === "" ? [] : ["a journal is there"]),
    ...(converged.inspect?.differences ?? []).map((line) => `inspect says: ${line}`),
    ...converged.files
      .filter((file) => LEFT_BEHIND.test(file) && !BY_AGE.test(file))
      .concat(converged.networks.filter((name) => name === "slipway-pool"))
      .map((file) => `${file} is left`),
  ];
}

/** In which of few ways a case ended well. */
export function outcome(seen: Seen, wanted: string | undefined): string {
  if (seen.act.hit === "") return "not reached";
  const version = answering(seen.after);
  if (UNSERVED.test(seen.act.output)) return "said that nothing serves, or a part; recovered";
  if (seen.after.journal !== "")
    return good(version, seen.before)
      ? "not settled, one version answers; recovered"
      : "not settled, none answers; recovered";
  if (version === NOTHING) return "nothing was there before, and nothing is";
  return version === wanted ? "serves the new version" : "serves the version before";
}
