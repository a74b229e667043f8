import { STACK } from "../declaration.ts";
import type { Scene } from "../scene.ts";

/** Another preview has nothing to do, whether or not it asks GitHub. */
export async function settled(scene: Scene, title = "3. Another preview shows no change"): Promise<void> {
  const { report } = scene;
  report.begin(title);
  for (const args of [[], ["--refresh"]]) {
    const result = await scene.project.pulumi(["preview", "--expect-no-changes", "--diff", "--stack", STACK, ...args]);
    report.compare(
      ["pulumi preview", ...args].join(" "),
      "no change",
      result.code === 0 ? "no change" : "changes",
      result.code === 0,
    );
    if (result.code !== 0) report.say(`${result.stdout}\n${result.stderr}`);
  }
}
