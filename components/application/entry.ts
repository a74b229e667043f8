/** What is at a path of a project. */
export type Entry =
  | { kind: "file"; size: number; executable: boolean; content: () => Uint8Array }
  | { kind: "folder"; names: string[] }
  /** A link to a place outside of the project. */
  | { kind: "outside" }
  /** Neither of them, or nothing that may be read; `why` follows "cannot be sent: ". */
  | { kind: "other"; why: string };
