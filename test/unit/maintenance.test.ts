/** `slipway maintenance`: what its words mean, and what users and operators are shown. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { maintainedExitCode, renderMaintained } from "../../cli/maintenance/maintenance.ts";
import { renderPage } from "../../cli/maintenance/page.ts";
import { maintenanceOf } from "../../cli/maintenance/words.ts";
import { receivedMaintenance } from "../../components/protocol/received.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder("maintenance-words");
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe("the words of maintenance on", () => {
  it("ask for the default page, and for the next try in ten minutes", () => {
    const wanted = maintenanceOf({}, "anna@desk");
    expect(wanted).toEqual({ by: "anna@desk", retryAfter: 600, allow: [], page: renderPage() });
    expect(receivedMaintenance.parse(wanted)).toEqual(wanted);
  });

  it("give a page, a time and addresses, which a host takes", () => {
    const allow = ["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "::1"];
    const wanted = maintenanceOf({ page: file("own.html", "<p>Grüße"), retryAfter: "1h30m", allow }, "a\nb");
    expect(wanted).toEqual({ by: "a b", retryAfter: 5400, allow, page: "<p>Grüße" });
    expect(receivedMaintenance.parse(wanted)).toEqual(wanted);
  });

  it.each([
    [{ message: "a", page: "b" }, "--message stands on the default page, and --page is another; give one of them"],
    [{ message: " " }, "--message is empty"],
    [{ page: join(folder, "none.html") }, "there is no file"],
    [{ page: folder }, "there is no file"],
    [{ page: file("empty.html", "\n") }, "empty.html is empty"],
    [{ page: file("latin.html", Buffer.from([0x47, 0xfc])) }, "is not UTF-8"],
    [{ page: file("long.html", "x".repeat(200_001)) }, "may have 200000 characters, and has 200001"],
    [{ retryAfter: "10" }, '--retry-after: "10" is no time from 1 s to 31 days'],
    [{ retryAfter: "0s" }, "--retry-after"],
    [{ retryAfter: "745h" }, "--retry-after"],
    [{ allow: ["10.0.0.0/33"] }, '--allow: "10.0.0.0/33" is neither an address nor a network'],
    [{ allow: ["example.com"] }, "--allow"],
    [{ allow: ["fe80::1%eth0"] }, "--allow"],
    [{ allow: ["192.0.2.7 }"] }, "--allow"],
  ])("%j are refused", (words, problem) => expect(() => maintenanceOf(words, "anna")).toThrow(problem));
});

describe("the default page", () => {
  it("needs nothing else of the application's, which is away", () =>
    expect(renderPage()).not.toMatch(/<(script|link|img)|url\(|@import/));

  it("shows a message as it was written", () =>
    expect(renderPage('<b> & "x"\nat 14:00')).toContain("<p>&lt;b&gt; &amp; &quot;x&quot;\nat 14:00</p>"));
});

describe("what became of it", () => {
  const done = { host: "web-1", said: "users of shop get the page on https://shop.example.com" };
  const failed = { host: "web-2", problem: "shop is being deployed\u001b[2J" };

  it("is told for each host, by its own words, which move no cursor", () =>
    expect(renderMaintained([done, failed], (_, text) => text)).toBe(
      "web-1: users of shop get the page on https://shop.example.com\nweb-2: shop is being deployed\n",
    ));

  it("is 1 where it is not done on all", () => {
    expect(maintainedExitCode([done])).toBe(0);
    expect(maintainedExitCode([done, failed])).toBe(1);
  });
});
