/** Files that go with a release, as they are sent to a host. */
import { createHash } from "node:crypto";
import { gzipSync } from "fflate";
import type { Carried, CarriedFiles, CarriedSecret } from "../application/model.ts";
import type { Release, Stack } from "./model.ts";

const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Those that a Compose file still names: a transform may have taken out what named them. */
export const named = ({ files, secrets }: Carried, compose: string): Carried => ({
  files: files.filter(({ at }) => compose.includes(at)),
  secrets: secrets.filter(({ at }) => compose.includes(at)),
});

/** Made once each: packing takes its time. */
const packed = new Map<string, string>();

/** All contents, one behind the other. Not by Node's zlib: its bytes differ between machines, which would be a change. */
function pack({ at, files }: CarriedFiles): string {
  const known = packed.get(at);
  if (known !== undefined) return known;
  const bytes = gzipSync(Buffer.concat(files.map(({ content }) => content)), { mtime: 0 });
  const text = Buffer.from(bytes).toString("base64");
  packed.set(at, text);
  return text;
}

/** By the folder below `release-files/` that each is in; nothing at all without any. */
export function releaseFiles(all: CarriedFiles[]): Pick<Release, "releaseFiles"> {
  if (all.length === 0) return {};
  const entries = all.map((one) => [
    one.at.split("/")[0]!,
    {
      files: one.files.map(({ path, content, executable }) => ({
        path,
        size: content.length,
        sha256: sha256(content),
        ...(executable && { executable }),
      })),
      data: pack(one),
    },
  ]);
  return { releaseFiles: Object.fromEntries(entries) };
}

/** Text where it can be: a host writes it as it is. */
function contentOf(content: Uint8Array): { content: string; base64?: true } {
  const text = Buffer.from(content).toString("utf8");
  return Buffer.from(text).equals(content) && !text.includes("\0")
    ? { content: text }
    : { content: Buffer.from(content).toString("base64"), base64: true };
}

const SHOWN = "shown";

/**
 * A file that a container's user owns cannot be read by the deploying user, who must not show what is in it: a copy is
 * for that.
 */
export function carriedSecrets({ carried: { secrets } }: Pick<Stack, "carried">): Release["secretFiles"] {
  const entries = secrets.flatMap(({ at, content, reader }): [string, Release["secretFiles"][string]][] => {
    const readable = { ...contentOf(content), sha256: sha256(content) };
    if (reader === "compose") return [[at, readable]];
    if (reader === "container") return [[at, { ...readable, open: true }]];
    return [
      [at, { ...contentOf(content), owner: reader }],
      [`${at}_${SHOWN}`, readable],
    ];
  });
  return Object.fromEntries(entries);
}

/** Paths below `secrets/` of texts that a host must not show, which it can read. */
export const hiddenTexts = (secrets: CarriedSecret[]): string[] =>
  secrets.map(({ at, reader }) => (typeof reader === "number" ? `${at}_${SHOWN}` : at)).sort();
