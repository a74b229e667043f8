import { describe, expect, it } from "vitest";
import { hostPath } from "../../components/compose/hostPath.ts";
import { interpolate, mentionedVariables, neededVariables } from "../../components/compose/interpolate.ts";
import { networkNames } from "../../components/compose/networks.ts";
import { readPort, singlePorts, withoutTarget } from "../../components/compose/ports.ts";
import type { Port } from "../../components/compose/serviceSchema.ts";
import { shortParts } from "../../components/compose/shortNotation.ts";

it.each<[string, string[]]>([
  ["8080:80", ["8080", "80"]],
  ["./a", ["./a"]],
  ["${X:-./f}:/f:ro", ["${X:-./f}", "/f", "ro"]],
  ["${X:-${Y:-a:b}}:/f", ["${X:-${Y:-a:b}}", "/f"]],
  ["${X:-{a:b}}:/f", ["${X:-{a:b}}", "/f"]],
  ["$${a:b}", ["$${a", "b}"]],
  ["$X:/f", ["$X", "/f"]],
  ["{a:b}", ["{a", "b}"]],
  ["[::1]:80:80", ["[::1]", "80", "80"]],
  ["${X", ["${X"]],
  ["", [""]],
])("the short notation %j has the parts %j", (text, parts) => expect(shortParts(text)).toEqual(parts));

describe("a port", () => {
  it.each<[Port, number | undefined, number | undefined]>([
    [8000, 8000, undefined],
    ["8000", 8000, undefined],
    ["8080:80", 80, 8080],
    ["127.0.0.1:8080:80", 80, 8080],
    ["127.0.0.1::80", 80, undefined],
    ["[::1]:8080:80", 80, 8080],
    ["6060:6061/udp", 6061, 6060],
    ["3000-3005", 3000, undefined],
    ["9000-9005:8000-8005", 8000, 9000],
    [{ target: 80, published: "8080" }, 80, 8080],
    [{ target: 80, published: 8080, host_ip: "::1" }, 80, 8080],
    [{ target: "80" }, 80, undefined],
    ["${IP:-127.0.0.1}:${PORT:-8080}:80", 80, 8080],
    ["${KNOWN}:5432", 5432, 7000],
    ["${SECRET}:5432", undefined, undefined],
    ["${SECRET:?}:5432", undefined, undefined],
    [{ target: 80, published: "${KNOWN}" }, 80, 7000],
    [{ target: "${KNOWN:-80}", published: "${SECRET}" }, undefined, undefined],
    ["${IP:-[::1]}:8080:80", 80, 8080],
    ["8080:${PORT:-80}", 80, 8080],
    ["[::1]:8080:80/udp", 80, 8080],
    ["::1:8080:80", 80, 8080],
    [{ target: 80, published: "8080-8090" }, 80, 8080],
    ["${PORT}", undefined, undefined],
    ["x:80", undefined, undefined],
  ])("%j has the container port %s and the host port %s", (port, target, published) => {
    const read = readPort(port, { KNOWN: "7000" });
    expect([read?.target[0], read?.published?.[0]]).toEqual([target, published]);
  });

  it.each<[Port, Port[]]>([
    ["9000-9002:8000-8002/udp", ["9000:8000/udp", "9001:8001/udp", "9002:8002/udp"]],
    ["[::1]:90-91:80-81", ["[::1]:90:80", "[::1]:91:81"]],
    ["80-81", ["80", "81"]],
    ["9000-9010:80", ["9000-9010:80"]],
    ["80:80", ["80:80"]],
    [80, [80]],
  ])("%j is %j, one by one", (port, single) => expect(singlePorts(port)).toEqual(single));

  it.each<[Port[], Port[]]>([
    [
      ["8080:80", "80:80/udp", 80, "443:443"],
      ["80:80/udp", "443:443"],
    ],
    [["79-81:79-81"], ["79:79", "81:81"]],
    [["80-81:80-81/udp"], ["80-81:80-81/udp"]],
    [["81-90:81-90", { target: 80, published: "8080" }], ["81-90:81-90"]],
    [["${SECRET}:80", "${PORT:-8080}:80"], ["${SECRET}:80"]],
  ])("of %j, %j are left beside the proxy's port 80", (ports, left) =>
    expect(withoutTarget(ports, 80, {})).toEqual(left),
  );
});

it.each([
  ["./data", "/opt/shop/data"],
  [".", "/opt/shop"],
  ["../common/x", "/opt/common/x"],
  ["./a/../b", "/opt/shop/b"],
  ["/srv/x", "/srv/x"],
  ["data", "/opt/shop/data"],
  [".data/", "/opt/shop/.data"],
  ["..", "/opt"],
  ["../../..", "/"],
  ["~/x", "~/x"],
  ["", ""],
])("the folder %s of a Compose file is %s on the host", (path, there) =>
  expect(hostPath("/opt/shop", path)).toBe(there),
);

it("knows the networks of a service by the document's names", () =>
  expect(networkNames({ networks: { a: null, b: {} } })).toEqual(["a", "b"]));

describe("interpolation", () => {
  it.each([
    ["$A-$B", "1-"],
    ["${A}${EMPTY}", "1"],
    ["$$A $${A}", "$A ${A}"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${B-d}", "d"],
    ["${B:-${A}}", "1"],
    ["${B:-${C:-x}}", "x"],
    ["${B:-{}}", "{}"],
    ["${A:+yes}", "yes"],
    ["${EMPTY:+yes}", ""],
    ["${EMPTY+yes}", "yes"],
    ["${B:+yes}", ""],
    ["${A:?needed}", "1"],
    ["a$", "a$"],
    ["$1", "$1"],
    ["${B:-postgres://u:p@h/d}", "postgres://u:p@h/d"],
  ])("makes of %s: %j", (text, wanted) => expect(interpolate(text, { A: "1", EMPTY: "" })).toBe(wanted));

  it("needs what has no default", () => {
    const document = { a: "$A ${B:-x} ${C-x} ${D:?say} ${E?say} $$F $${G} ${H:+x}", b: ["${I:-${J}}"], c: { d: 1 } };
    expect(neededVariables(document)).toEqual(["A", "D", "E", "J"]);
    expect(neededVariables(document, ["I", "A"])).toEqual(["A", "D", "E"]);
  });

  it("finds every variable that is mentioned, in defaults too", () =>
    expect(mentionedVariables({ a: "$A ${B:-${C}} $$D", b: ["${A}"] })).toEqual(["A", "B", "C"]));
});
