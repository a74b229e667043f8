/** `slipway report --commits`: when versions were committed, by a checkout's tags. */
import { expect, it } from "vitest";
import { commitTimes } from "../../cli/report/commits.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const { git } = shop;

/** @returns the commit's hash */
function committed(day: string): string {
  process.env.GIT_COMMITTER_DATE = `${day}T10:00:00Z`;
  try {
    return shop.commit("Mend");
  } finally {
    delete process.env.GIT_COMMITTER_DATE;
  }
}

it("a version is as old as the commit of its tag, annotated or not, or as the commit that it names", () => {
  committed("2026-11-01");
  git("tag", "v1.4.0");
  committed("2026-11-02");
  git("tag", "--annotate", "-m", "Later", "v1.5.0");
  const hash = committed("2026-11-03");
  const time = commitTimes([`shop=${shop.folder}`], ["shop", "blog"]);
  const days = ["1.4.0", "1.5.0", `sha-${hash.slice(0, 7)}`, "1.6.0", "sha-0000000"].map((version) => {
    const at = time("shop", version);
    return at === undefined ? undefined : new Date(at).toISOString().slice(0, 10);
  });
  expect(days).toEqual(["2026-11-01", "2026-11-02", "2026-11-03", undefined, undefined]);
  expect(time("blog", "1.4.0")).toBeUndefined();
});

it("a folder alone is of the only application; what is of none is refused", () => {
  committed("2026-11-01");
  git("tag", "v1.4.0");
  expect(commitTimes([shop.folder], ["shop"])("shop", "1.4.0")).toBe(Date.parse("2026-11-01T10:00:00Z"));
  expect(() => commitTimes([shop.folder], ["shop", "blog"])).toThrow(
    / is of no application; write shop=.* \(the ledgers have shop, blog\)$/,
  );
  expect(() => commitTimes([`wiki=${shop.folder}`], ["shop"])).toThrow(
    /^--commits: "wiki" is no application here; the ledgers have shop$/,
  );
  expect(() => commitTimes([`shop=${shop.around}`], ["shop"])).toThrow(/ is in no git repository: /);
});
