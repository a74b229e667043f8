/** What users of an application do, through the proxy of its host. */
import * as http from "node:http";
import type { Host } from "../../support/ssh.ts";

/** Opens a stream of server-sent events, acts once it flows, and gives the first event's data. */
export function heard(
  target: Pick<Host, "address">,
  domain: string,
  path: string,
  act: () => Promise<unknown>,
  timeoutSeconds = 15,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const request = http.get({ host: target.address, path, headers: { host: domain }, agent: false, signal });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      let acted = false;
      response.on("error", reject);
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (!acted) void act().catch(reject);
        acted = true;
        const data = /^data: (.*)$/m.exec(text)?.[1];
        if (data === undefined) return;
        request.destroy();
        resolve(data);
      });
      response.on("end", () => reject(new Error(`${path} ended without an event: ${text.slice(0, 200)}`)));
    });
  });
}
