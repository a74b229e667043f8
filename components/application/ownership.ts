/** Which services are the application's own, and which are accessories: databases and caches beside it. */
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";

/** Whether an image is the application's own, in whatever version. */
export const isOwnImage = (spec: ApplicationSpec, image: string | undefined): boolean =>
  image === undefined || (spec.image !== undefined && image.replace(/[:@][^/]*$/, "") === spec.image);

/** A service with another image and without a port is a database or cache, unless it says otherwise. */
export const isAccessory = (spec: ApplicationSpec, service: ServiceSpec, image = service.image): boolean =>
  service.accessory ?? (service.port === undefined && !isOwnImage(spec, image));
