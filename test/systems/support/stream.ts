import * as http from "node:http";
import type { Host } from "../../support/ssh.ts";

/** The data of the first server-sent event at a path, through the proxy of a host. */
export function heard(target: Pick<Host, "address">, domain: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(15_000);
    const request = http.get({ host: target.address, path, headers: { host: domain }, agent: false, signal });
    let text = "";
    request.on("error", reject);
    request.on("response", (response) => {
      response.on("error", reject);
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const data = /^data: (.*)$/m.exec(text)?.[1];
        if (data === undefined) return;
        resolve(data);
        request.destroy();
      });
      response.on("end", () => reject(new Error(`${path} ended without an event: ${text.slice(0, 200)}`)));
    });
  });
}
