import { WebSocket } from "ws";
import type { LoadOptions } from "./options.ts";
import type { Recorder } from "./report.ts";
import type { Activity } from "./steady.ts";

const PAUSE_AFTER_FAILURE_MS = 500;
const ABNORMAL = 1006;

/**
 * One WebSocket with an echo at every interval. A close frame from the server means a reconnect;
 * a cut without one, a failed connect and an unanswered echo are failures.
 */
export function websocket(options: LoadOptions, recorder: Recorder): Activity {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const timeout = options.timeoutSeconds * 1000;
  const address = new URL("/ws", options.url.replace(/^http/, "ws")).href;
  let running = options.websocketMs > 0;
  let socket: WebSocket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let sequence = 0;

  const connect = (): void => {
    const dueAt = recorder.now();
    const waiting = new Map<string, number>();
    let reason = "";
    let opened = false;
    const current = new WebSocket(address, {
      handshakeTimeout: timeout,
      perMessageDeflate: false,
      rejectUnauthorized: !options.insecure,
      ...(options.hostHeader === ""
        ? {}
        : { headers: { host: options.hostHeader }, servername: options.hostHeader.replace(/:\d+$/, "") }),
    });
    socket = current;
    const beat = setInterval(() => {
      for (const [text, sentAt] of waiting) {
        if (recorder.now() - sentAt < timeout) break;
        waiting.delete(text);
        recorder.failed("websocket", sentAt, "echo", `no answer to "${text}" within ${timeout} ms`);
      }
      if (current.readyState !== WebSocket.OPEN) return;
      const text = `echo-${sequence++}`;
      waiting.set(text, recorder.now());
      current.send(text);
    }, options.websocketMs);
    current.on("open", () => (opened = true));
    current.on("message", (data) => {
      const sentAt = waiting.get(String(data));
      if (sentAt === undefined)
        return recorder.failed("websocket", recorder.now(), "echo", `unexpected "${String(data).slice(0, 100)}"`);
      waiting.delete(String(data));
      recorder.succeeded("websocket", sentAt);
    });
    current.on("error", (error) => (reason = error.message));
    current.on("close", (code) => {
      clearInterval(beat);
      recorder.unansweredAtClose += waiting.size;
      if (!running) return resolve();
      const clean = opened && code !== ABNORMAL;
      if (clean) recorder.reconnects += 1;
      else
        recorder.failed(
          "websocket",
          opened ? recorder.now() : dueAt,
          opened ? "cut" : "connect",
          reason || `closed without a close frame (${code})`,
        );
      retry = setTimeout(connect, clean ? 0 : PAUSE_AFTER_FAILURE_MS);
    });
  };

  if (running) connect();
  else resolve();
  return {
    stopped,
    stop: () => {
      if (!running) return;
      running = false;
      clearTimeout(retry);
      if (!socket || socket.readyState === WebSocket.CLOSED) resolve();
      else socket.close(1000);
    },
  };
}
