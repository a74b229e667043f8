/** What rendering works on, and what it gives. */
import type { PlannedStack } from "../application/model.ts";
import type { ReleaseInput } from "../protocol/input.ts";

/** A stack with all that was known last. */
export interface Stack extends PlannedStack {
  /** The tag each accessory's image was written with, by service. */
  tags: Record<string, string>;
  secrets: Record<string, string>;
}

/** The files of a release, and what the commands need to know of it. */
export interface Release {
  /** 12 hexadecimal digits: the hash of everything in it. */
  id: string;
  version: string;
  files: ReleaseInput["files"];
  secretFiles: ReleaseInput["secretFiles"];
  /** Absent where no file goes along. */
  releaseFiles?: NonNullable<ReleaseInput["releaseFiles"]>;
}
