/** How long two versions may alternate before the return of the former one counts as a separate switch. */
const MIX_WINDOW_MS = 2000;
const TIMELINE_LIMIT = 10_000;

/**
 * Watches which version answers. A request that was sent before a switch was seen may still be
 * answered by the former version; one that was sent after it may not, and is `mixed` when the new
 * version answers again afterwards. A lasting return to the former version is a switch (a rollback).
 */
export class VersionWatch {
  readonly byVersion: Record<string, number> = {};
  readonly timeline: [number, string][] = [];
  mixed = 0;

  private current = "";
  private former = "";
  private switchedAt = 0;
  private strays = 0;
  private firstStrayAt = 0;

  /** One answer, by the times (ms) at which its request was sent and its answer was complete. */
  answered(version: string, sentAt: number, at: number): void {
    this.byVersion[version] = (this.byVersion[version] ?? 0) + 1;
    if (version === this.current) {
      if (this.strays > 0 && sentAt > this.firstStrayAt) {
        this.mixed += this.strays;
        this.strays = 0;
        this.note(at, version);
      }
      return;
    }
    if (version !== this.former) {
      this.turn(version, at);
      this.note(at, version);
      return;
    }
    if (sentAt <= this.switchedAt) return;
    if (this.strays === 0) {
      this.firstStrayAt = at;
      this.note(at, version);
    }
    this.strays += 1;
    if (at - this.firstStrayAt > MIX_WINDOW_MS) this.turn(version, this.firstStrayAt);
  }

  private turn(version: string, at: number): void {
    this.former = this.current;
    this.current = version;
    this.switchedAt = at;
    this.strays = 0;
  }

  private note(at: number, version: string): void {
    if (this.timeline.length < TIMELINE_LIMIT) this.timeline.push([Math.round(at), version]);
  }
}
