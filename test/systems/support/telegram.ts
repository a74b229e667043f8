/** A double of Telegram's Bot API, as far as a bot that polls needs it: it tells when two listen at once. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a poll of before may take to be seen as ended. */
const ENDING_MS = 300;
const CHAT = { id: 7, type: "private", first_name: "Anna" };

interface Poll {
  offset: number;
  response: ServerResponse;
}

export class Telegram {
  /** Texts that the bot has sent, in their order. */
  readonly sent: string[] = [];
  /** How often a second bot asked while one was listening. */
  conflicts = 0;
  private updates: { update_id: number; message: unknown }[] = [];
  private last = 0;
  private poll: Poll | undefined;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** Listens on an address of this machine; the result is what `TELEGRAM_API` must be. */
  async listen(address: string): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, address, resolve));
    return `http://${address}:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** A person writes a command, such as `/new Garden`. */
  say(text: string): void {
    const id = (this.last += 1);
    const entities = [{ type: "bot_command", offset: 0, length: text.split(" ")[0]!.length }];
    const from = { ...CHAT, is_bot: false };
    this.updates.push({ update_id: id, message: { message_id: id, date: 0, chat: CHAT, from, text, entities } });
    this.hand();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const given = new URLSearchParams(body);
    const method = request.url!.split("/").at(-1)!;
    const result = (value: unknown): void => void response.end(JSON.stringify({ ok: true, result: value }));
    response.setHeader("content-type", "application/json");
    if (method === "getMe") result({ id: 1, is_bot: true, first_name: "Projects", username: "projects_bot" });
    else if (method === "getUpdates") await this.listening(given, response);
    else if (method === "sendMessage") {
      this.sent.push(given.get("text")!);
      result({ message_id: 1, date: 0, chat: CHAT, text: given.get("text") });
    } else result(true);
  }

  /** Answers at once with what waits, else when somebody writes, else after `timeout`. */
  private async listening(given: URLSearchParams, response: ServerResponse): Promise<void> {
    if (this.poll !== undefined) await sleep(ENDING_MS);
    if (this.poll !== undefined) {
      this.conflicts += 1;
      response.writeHead(409).end(JSON.stringify({ ok: false, error_code: 409, description: "Conflict" }));
      return;
    }
    const poll = { offset: Number(given.get("offset") ?? 0), response };
    this.updates = this.updates.filter(({ update_id }) => update_id >= poll.offset);
    this.poll = poll;
    const end = (): void => {
      if (this.poll === poll) this.poll = undefined;
    };
    response.on("close", end);
    this.hand();
    setTimeout(() => this.poll === poll && this.reply([]), Number(given.get("timeout") ?? 0) * 1000).unref();
  }

  private hand(): void {
    if (this.poll !== undefined && this.updates.length > 0) this.reply(this.updates);
  }

  private reply(result: unknown[]): void {
    const { response } = this.poll!;
    this.poll = undefined;
    response.end(JSON.stringify({ ok: true, result }));
  }
}
