/** The images of `build` as a job's matrix. */
import type { Step, Strategy } from "./model.ts";
import type { ImageSpec } from "./spec.ts";

/** @param failFast whether the others are broken off when one fails */
export function imageMatrix(images: ImageSpec[], failFast: boolean): { strategy: Strategy } {
  const staged = images.some(({ target }) => target);
  return {
    strategy: {
      "fail-fast": failFast,
      matrix: {
        include: images.map(({ name, image, context = ".", dockerfile, target = "" }) =>
          ({ name, image, context, file: dockerfile ?? dockerfileIn(context), ...(staged ? { target } : {}) })),
      },
    },
  };
}

/** What docker/build-push-action builds for the matrix's image. */
export const matrixImage = (images: ImageSpec[]): NonNullable<Step["with"]> => ({
  context: "${{ matrix.context }}", file: "${{ matrix.file }}",
  ...(images.some(({ target }) => target) ? { target: "${{ matrix.target }}" } : {}),
});

const dockerfileIn = (context: string): string => context === "." ? "Dockerfile" : `${context.replace(/\/+$/, "")}/Dockerfile`;
