/**
 * A release as people and policies review it: what runs with which rights, what it is given, what the host is asked
 * for. Plain JSON by names, without secrets: a plan shows "memory: 512m => 1g" where a release only has another name.
 */
import { parse } from "yaml";
import { isComposeDocument } from "../compose/check.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { addressOf } from "../shared/domains.ts";
import { defined, mapValues, omit, type Plain } from "../shared/records.ts";
import { sizeInWords } from "../shared/size.ts";
import { digestOf, Shown } from "./hidden.ts";
import type { Release, Stack } from "./model.ts";
import { plain } from "./plain.ts";
import { carriedLines } from "./reviewFiles.ts";
import { reviewService } from "./reviewService.ts";

export type Review = { [name: string]: Plain };

/** Of the manifest: what says how a release is put in place. Images and pins are shown with the services. */
const LEFT_OUT = [
  ...[
    "application",
    "environment",
    "release",
    "version",
    "images",
    "accessories",
    "pins",
    "accessoriesHash",
    "mounted",
    "secretTexts",
  ],
  ...["services", "secrets", "route", "jobs"],
];

/**
 * @param unknown stands for what is known later, in images and secrets; shown as such
 */
export function reviewOf(stack: Stack, release: Release, unknown?: string): Review {
  const shown = new Shown(stack, unknown);
  const show = (text: string): string => shown.text(text);
  const document: unknown = parse(release.files["compose.yaml"]);
  const manifest = JSON.parse(release.files["manifest.json"]) as Manifest;
  const { services, ...rest } = isComposeDocument(document) ? document : ({ services: {} } as ComposeDocument);
  const parts = Object.entries(rest).filter(([name]) => name !== "name" && !name.startsWith("x-"));
  const review = {
    services: mapValues(services, (service, name) => ({
      ...(reviewService(name, service, stack, shown) as Review),
      ...rollout(name, stack, manifest, show),
    })),
    ...defined({
      compose: parts.length > 0 ? composition(Object.fromEntries(parts), shown) : undefined,
    }),
    ...(plain(omit(manifest as Record<string, unknown>, ...LEFT_OUT), show) as Review),
    ...defined({ jobs: jobsOf(manifest, show), routes: routes(manifest, show) }),
    secrets: mapValues(stack.secrets, (_, name) => shown.secret(name)),
    files: files(stack, release, show, unknown),
  };
  return swept(review, shown) as Review;
}

/** What is beside the services; where a volume lies is shown whole. */
const composition = ({ volumes, ...rest }: Record<string, unknown>, shown: Shown): Plain => ({
  ...(plain(rest, (text) => shown.composed(text)) as Review),
  ...(plain(defined({ volumes }), (text) => shown.whole(text)) as Review),
});

/** How the containers of an own service are exchanged. */
function rollout(name: string, stack: Stack, manifest: Manifest, show: (text: string) => string): Review {
  const own = manifest.services.find((service) => service.name === name);
  if (own === undefined) return {};
  const [route, ...others] = stack.services.find((service) => service.name === name)?.routes ?? [];
  const path = others.length === 0 && route?.path ? route.path : undefined;
  const { name: _, ...rest } = own;
  const shown = omit(rest as Record<string, unknown>, "upstream", "upstreams", "network");
  return { rollout: plain({ ...shown, path }, show) };
}

/** Without the numbers that its schedule stands for. */
function jobsOf({ jobs }: Manifest, show: (text: string) => string): Plain | undefined {
  const numbers = ["minutes", "hours", "days", "months", "weekdays", "fixed"];
  return (
    jobs &&
    plain(
      mapValues(jobs, (job) => omit(job as Record<string, unknown>, ...numbers)),
      show,
    )
  );
}

function routes({ route, services }: Manifest, show: (text: string) => string): Plain | undefined {
  if (route === undefined) return undefined;
  const port = ({ name, upstream }: Routed): number | undefined => {
    const own = services.find((service) => service.name === name);
    return own?.upstreams?.[upstream] ?? own?.port;
  };
  const paths = (address: string): Review => {
    const mine = route.services.filter(({ sites }) => sites === undefined || sites.includes(address));
    return plain(Object.fromEntries(mine.flatMap((one) => led(one, `${one.name}:${port(one)}`))), show) as Review;
  };
  return Object.fromEntries(
    route.sites.map(({ scheme, host, directives, redirects }) => [
      show(`${scheme}://${host}`),
      {
        ...paths(addressOf({ scheme, host })),
        holdMilliseconds: route.hold,
        ...defined({
          redirects: redirects && plain(Object.fromEntries(redirects.map(redirected)), show),
          directives: directives && plain(directives, show),
        }),
      },
    ]),
  );
}

type Routed = NonNullable<Manifest["route"]>["services"][number];

/** Where a route leads, and what is done with its requests. */
function led({ path = "/", strip, logins, headers = [], maxBody }: Routed, to: string): [string, unknown][] {
  const words = [
    to,
    ...(strip ? ["without the prefix"] : []),
    ...(logins ? [`login of ${logins.map(({ user }) => user).join(", ")}`] : []),
    ...(maxBody === undefined ? [] : [`bodies of at most ${sizeInWords(maxBody)}`]),
  ];
  const set = headers.map(({ name, value }) => [name, value ?? "taken away"]);
  return [
    [path, words.join("; ")],
    ...(set.length > 0 ? [[`${path} headers`, Object.fromEntries(set)] as [string, unknown]] : []),
  ];
}

const redirected = ({ path = "every path", to, code }: Redirected): [string, string] => [path, `${to} (${code})`];
type Redirected = NonNullable<NonNullable<Manifest["route"]>["sites"][number]["redirects"]>[number];

/** Files of the release by name and digest, without those of Slipway's that hold secrets, or the release's own name. */
function files(
  stack: Stack,
  release: Release,
  show: (text: string) => string,
  unknown: string | undefined,
): Record<string, string> {
  const all = Object.entries(release.files as Record<string, string | undefined>)
    .filter(([name, text]) => text !== undefined && ![".env", "manifest.json"].includes(name))
    .map(([name, text]) => [show(name), unknown !== undefined && text!.includes(unknown) ? unknown : digestOf(text!)]);
  const carried = carriedLines(stack, release.files["compose.yaml"], unknown);
  return Object.fromEntries([...all, ...carried.map(([name, line]) => [show(name), line])]);
}

/** The last word: nothing that holds a secret leaves, wherever it stands. */
function swept(value: Plain, shown: Shown): Plain {
  if (typeof value !== "object") return shown.leaks(String(value)) ? "secret" : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [shown.leaks(name) ? "secret" : name, swept(entry, shown)]),
  );
}
