/** Platform (examples/platform): three images that go out and back as one, with users who write all the time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/platform/infra/apps/platform.ts";
import { CADDY_BUILT } from "./support/caddyBase.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost } from "../support/served.ts";
import { ensureSystemImages, type SystemImage } from "./support/images.ts";
import { ensurePythonBase, pythonBase } from "./support/pythonBase.ts";
import { heard } from "./support/users.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";
