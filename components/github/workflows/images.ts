/** The images in `build` as a job's matrix. */
import type { Step, Strategy } from "./model.ts";
import type { ImageSpec } from "./spec.ts";

/** @param failFast whether the others are cancelled when one fails */
export function imageMatrix(images: ImageSpec[], failFast: boolean): { strategy: Strategy } {
  const staged = images.some(({ target }) => target);
  return {
    strategy: {
      "fail-fast": failFast,
      matrix: {
        include: images.map(({ name, image, context = ".", dockerfile, target = "" }) => ({
          name,
          image,
          context,
          file: dockerfile ?? dockerfileIn(context),
          ...(staged ? { target } : {}),
        })),
      },
    },
  };
}

/** Inputs of docker/build-push-action for the matrix's image. */
export const matrixImage = (images: ImageSpec[]): NonNullable<Step["with"]> => ({
  context: "${{ matrix.context }}",
  file: "${{ matrix.file }}",
  ...(images.some(({ target }) => target) ? { target: "${{ matrix.target }}" } : {}),
});

/** `ghcr.io` for `ghcr.io/anna/shop`. Without a host it is Docker Hub, as for Docker itself. */
export function registryOf({ image }: Pick<ImageSpec, "image">): string {
  const [first = ""] = image.split("/");
  return image.includes("/") && /[.:]|^localhost$/.test(first) ? first : "docker.io";
}

const dockerfileIn = (context: string): string =>
  context === "." ? "Dockerfile" : `${context.replace(/\/+$/, "")}/Dockerfile`;
