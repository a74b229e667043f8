import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { startLoad } from "../../sandbox/load/index.ts";
import { fromArguments, toArguments } from "../../sandbox/load/options.ts";
import { percentiles } from "../../sandbox/load/report.ts";
import { VersionWatch } from "../../sandbox/load/versions.ts";
import { VERSIONS_ONLY } from "../support/load.ts";

interface Behaviour {
  version?: () => string;
  /** Cuts the connection of every n-th version request. */
  dropEvery?: number;
  /** Cuts a connection that asks a second time. */
  dropReused?: boolean;
  shortDownload?: boolean;
  wrongHash?: boolean;
  /** Gets each WebSocket as it opens. */
  onSocket?: (socket: WebSocket) => void;
}

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => (server.close(), server.closeAllConnections())));

async function serve(behaviour: Behaviour = {}): Promise<{ url: string; hosts: Set<string> }> {
  const hosts = new Set<string>();
  const asked = new WeakMap<object, number>();
  let count = 0;
  const server = createServer((request, response) => {
    hosts.add(request.headers.host ?? "");
    const url = new URL(request.url ?? "/", "http://server");
    const before = asked.get(request.socket) ?? 0;
    asked.set(request.socket, before + 1);
    if (url.pathname === "/api/v1/version") {
      count += 1;
      const cut = (behaviour.dropReused && before > 0) || (behaviour.dropEvery && count % behaviour.dropEvery === 0);
      if (cut) return void request.socket.destroy();
      return void response.end(JSON.stringify({ version: behaviour.version?.() ?? "1.0.0" }));
    }
    if (url.pathname === "/slow") return void setTimeout(() => response.end("done 1.0.0"), 50);
    if (url.pathname === "/download") {
      return void response.end(Buffer.alloc(Number(url.searchParams.get("bytes")) - (behaviour.shortDownload ? 1 : 0)));
    }
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.on("end", () => response.end(JSON.stringify({ sha256: behaviour.wrongHash ? "0" : hash.digest("hex") })));
  });
  new WebSocketServer({ server, path: "/ws" }).on("connection", (socket) => {
    if (behaviour.onSocket) return behaviour.onSocket(socket);
    socket.on("message", (data) => socket.send(String(data)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hosts };
}

const QUICK = {
  hostHeader: "shop.example.test",
  rate: 50,
  durationSeconds: 1,
  slowRate: 5,
  slowSeconds: 0,
  downloadBytes: 100_000,
  uploadBytes: 200_000,
  uploadSeconds: 0.2,
  websocketMs: 50,
  timeoutSeconds: 10,
};
const ALONE = { ...QUICK, ...VERSIONS_ONLY };

describe("the load generator", () => {
  test("sends the whole mix to a good server without a failure", async () => {
    const { url, hosts } = await serve();
    const report = await startLoad({ url, ...QUICK }).done();
    expect(report.failuresByKind).toEqual({});
    expect(report.failures).toBe(0);
    expect(report.byVersion["1.0.0"]).toBeGreaterThan(10);
    expect(report.versionTimeline.map(([, version]) => version)).toEqual(["1.0.0"]);
    expect(Math.abs(report.keepAlive.requests - report.newConnection.requests)).toBeLessThanOrEqual(1);
    for (const part of [report.slow, report.downloads, report.uploads]) expect(part.requests).toBeGreaterThan(0);
    expect(report.websocket.echoes).toBeGreaterThan(0);
    expect(report.perSecond.reduce((sum, second) => sum + second.requests, 0)).toBe(report.requests);
    expect([...hosts]).toEqual(["shop.example.test"]);
  });

  test("counts every dropped connection", async () => {
    const { url } = await serve({ dropEvery: 10 });
    const report = await startLoad({ url, ...ALONE, newShare: 1 }).done();
    expect(report.failures).toBe(Math.floor(report.requests / 10));
    expect(report.failuresByKind["newConnection: ECONNRESET"]?.samples).toHaveLength(5);
    expect(report.idleCloseRaces.count).toBe(0);
  });

  test("a reused connection that closes is a failure, or asked again once where that is wanted", async () => {
    const { url } = await serve({ dropReused: true });
    const strict = await startLoad({ url, ...ALONE, newShare: 0 }).done();
    expect(strict.failures).toBeGreaterThan(0);
    expect(strict.idleCloseRaces.count).toBe(strict.failures);
    const lenient = await startLoad({ url, ...ALONE, newShare: 0, retryIdleClose: true }).done();
    expect(lenient.failures).toBe(0);
    expect(lenient.idleCloseRaces.count).toBeGreaterThan(0);
  });

  test("a short download and a wrong hash are failures", async () => {
    const { url } = await serve({ shortDownload: true, wrongHash: true });
    const report = await startLoad({ url, ...ALONE, downloadBytes: 1000, uploadBytes: 1000, uploadSeconds: 0 }).done();
    expect(Object.keys(report.failuresByKind).sort()).toEqual(["downloads: length", "uploads: sha256"]);
  });

  test("a refused connection is a failure of every part", async () => {
    const { url } = await serve();
    servers.splice(0).forEach((server) => server.close());
    const report = await startLoad({ url, ...QUICK }).done();
    const parts = new Set(Object.keys(report.failuresByKind).map((kind) => kind.split(":")[0]));
    expect([...parts].sort()).toEqual(["downloads", "keepAlive", "newConnection", "slow", "uploads", "websocket"]);
    expect(report.byVersion).toEqual({});
  });

  test("a close frame is a reconnect, a cut or a missing echo is a failure", async () => {
    const closing = await serve({ onSocket: (socket) => void setTimeout(() => socket.close(1001), 200) });
    const closed = await startLoad({ url: closing.url, ...ALONE, rate: 0, websocketMs: 50 }).done();
    expect(closed.failures).toBe(0);
    expect(closed.websocketReconnects).toBeGreaterThan(1);
    const cutting = await serve({ onSocket: (socket) => void setTimeout(() => socket.terminate(), 200) });
    const cut = await startLoad({ url: cutting.url, ...ALONE, rate: 0, websocketMs: 50 }).done();
    expect(Object.keys(cut.failuresByKind)).toEqual(["websocket: cut"]);
    const mute = await serve({ onSocket: () => undefined });
    const silent = await startLoad({ url: mute.url, ...ALONE, rate: 0, websocketMs: 50, timeoutSeconds: 0.3 }).done();
    expect(Object.keys(silent.failuresByKind)).toEqual(["websocket: echo"]);
  });

  test("stops early and reports", async () => {
    const { url } = await serve();
    const load = startLoad({ url, ...QUICK, durationSeconds: 60 });
    await load.started;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const report = await load.stop();
    expect(report.failures).toBe(0);
    expect(report.seconds).toBeLessThan(60);
  });

  test.each(["http://example.com", "http://10.213.78.1", "http://8.8.8.8", "ftp://127.0.0.1", ""])(
    "refuses %j",
    (url) => {
      expect(() => startLoad({ url })).toThrow(/--url/);
    },
  );

  test("options survive the command line", () => {
    const { options } = fromArguments([
      ...toArguments({ url: "http://[::1]:80", rate: 7, durationSeconds: 3, retryIdleClose: true }),
      "--report=x",
    ]);
    expect(options).toMatchObject({
      url: "http://[::1]:80",
      rate: 7,
      durationSeconds: 3,
      retryIdleClose: true,
      insecure: false,
    });
    expect(() => fromArguments(["--url=http://127.0.0.1", "--rate=many"])).toThrow('--rate: "many" is not a number');
    expect(() => fromArguments(["--url=http://127.0.0.1", "--duration=9999"])).toThrow("1 to 3600");
  });
});

describe("VersionWatch", () => {
  const watch = (...answers: [string, number, number][]): VersionWatch => {
    const versions = new VersionWatch();
    for (const [version, sentAt, at] of answers) versions.answered(version, sentAt, at);
    return versions;
  };

  test("an answer that was on its way during the switch is not mixed", () => {
    const { mixed, timeline } = watch(["1", 0, 1], ["2", 10, 12], ["1", 9, 14], ["2", 20, 21]);
    expect({ mixed, timeline }).toEqual({
      mixed: 0,
      timeline: [
        [1, "1"],
        [12, "2"],
      ],
    });
  });

  test("the former version answering a later request is mixed", () => {
    expect(watch(["1", 0, 1], ["2", 10, 12], ["1", 15, 16], ["2", 20, 21]).mixed).toBe(1);
  });

  test("a lasting return to the former version is a rollback", () => {
    const { mixed, timeline } = watch(
      ["1", 0, 1],
      ["2", 10, 12],
      ["1", 100, 101],
      ["1", 3000, 3001],
      ["2", 3100, 3101],
    );
    expect(mixed).toBe(0);
    expect(timeline.map(([, version]) => version)).toEqual(["1", "2", "1", "2"]);
  });
});

test("percentiles are by nearest rank", () => {
  expect(percentiles([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  expect(percentiles(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({
    p50: 50,
    p95: 95,
    p99: 99,
    max: 100,
  });
});
