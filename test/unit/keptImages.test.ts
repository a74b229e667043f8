/** Which image `slipway promote` and `slipway rollback` take, by what hosts keep. */
import { describe, expect, it } from "vitest";
import { confirmedOn, digestsOf, type Keeps } from "../../cli/deploy/keptImages.ts";
import type { Told } from "../../cli/hosts/ask.ts";
import { imageOf } from "../../cli/rollback/rollback.ts";
import { type Resource, repositoriesIn } from "../../components/state/kept.ts";

const SHOP = "ghcr.io/anna/shop";
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const kept = (release: string, version: string, ...images: string[]) => ({ release, version, images });
const host = (name: string, more: object = {}): Told<Keeps> => ({
  host: name,
  value: {
    release: "aaaaaaaaaaaa",
    version: "1.1.0",
    underway: null,
    kept: [
      kept("aaaaaaaaaaaa", "1.1.0", `${SHOP}@${digest("a")}`, `docker.io/library/nginx@${digest("f")}`),
      kept("bbbbbbbbbbbb", "1.0.0", `${SHOP}@${digest("b")}`),
    ],
    ...more,
  },
});
const dead: Told<Keeps> = { host: "web-9", problem: "does not answer" };

describe("a rollback", () => {
  it("takes the image that the release had, by its digest", () =>
    expect(imageOf([dead, host("web-1"), host("web-2")], "bbbbbbbbbbbb", [])).toEqual({ digest: digest("b") }));
  it("takes the application's own where the release has others", () => {
    expect(imageOf([host("web-1")], "aaaaaaaaaaaa", [SHOP])).toEqual({ digest: digest("a") });
    expect(imageOf([host("web-1")], "aaaaaaaaaaaa", [])).toEqual({ why: "release aaaaaaaaaaaa has several images" });
  });
  it("says why it looks an image up by its tag", () => {
    expect(imageOf([host("web-1")], undefined, [])).toEqual({ why: "the ledger does not name its release" });
    expect(imageOf([dead, host("web-1", { kept: undefined })], "bbbbbbbbbbbb", [])).toEqual({
      why: "no host that answers keeps release bbbbbbbbbbbb and tells its image; web-9: does not answer",
    });
  });
});

describe("what hosts have confirmed", () => {
  it("is the release of all of them, and its image", () => {
    const told = [host("web-1"), host("web-2")];
    const { release, version } = confirmedOn(told);
    expect([version, digestsOf(told, release, [SHOP])]).toEqual(["1.1.0", [digest("a")]]);
  });
  it.each([
    [[host("web-1"), dead], "web-9 does not say it: does not answer"],
    [[{ host: "web-1", value: undefined }], "web-1 has none"],
    [[host("web-1", { underway: {} })], "web-1 is deploying now"],
    [
      [host("web-1"), host("web-2", { release: "bbbbbbbbbbbb", version: "1.0.0" })],
      "web-1 has 1.1.0, and web-2 1.0.0, of different releases",
    ],
    [[], "no host is asked for it"],
  ] as [Told<Keeps>[], string][])("is not known where one has another, or does not say it (%#)", (told, message) =>
    expect(() => confirmedOn(told)).toThrow(new Error(message)),
  );
});

it("an application's own images are those of its version, also of one that failed", () => {
  const urn = (type: string, name: string): string => `urn:pulumi:staging::infra::${type}::${name}`;
  const [app, stack, image] = ["slipway:Application", "slipway:stack:ComposeStack", "slipway:image:ContainerImage"];
  const parent = urn(app!, "shop");
  const resources = [
    { urn: urn(stack!, "shop"), type: stack, parent, outputs: { version: "1.2.0", release: "c" } },
    {
      urn: urn(image!, "shop"),
      type: image,
      parent,
      outputs: { version: "1.2.0", reference: `${SHOP}@${digest("c")}` },
    },
    { urn: urn(image!, "nginx"), type: image, parent, outputs: { version: "1.27", reference: `nginx@${digest("f")}` } },
    { urn: urn(image!, "blog"), type: image, parent: "other", outputs: { version: "1.2.0", reference: "blog@x" } },
  ] as Resource[];
  expect(repositoriesIn(resources, "shop")).toEqual([SHOP]);
  expect(repositoriesIn(resources, "wiki")).toEqual([]);
});
