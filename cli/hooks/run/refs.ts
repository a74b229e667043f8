/** What a push brings, as git tells the hook pre-push on its standard input. */

export interface Pushed {
  /** `refs/heads/main`, there. */
  ref: string;
  /** The commit or the tag; undefined where the ref is deleted. */
  hash: string | undefined;
  /** What is there now; undefined where there is nothing yet. */
  before: string | undefined;
}

const hashIn = (word: string): string | undefined => (/^0+$/.test(word) ? undefined : word);

/** Lines of `<local ref> <local hash> <remote ref> <remote hash>`. @throws Error where it says something else */
export const pushedIn = (text: string): Pushed[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      // A local name may be any expression: "HEAD~1", "HEAD^{/Add search}".
      const [, hash, ref, before] = / ([0-9a-f]{40,64}) (\S+) ([0-9a-f]{40,64})$/.exec(line) ?? [];
      if (hash === undefined) throw new Error(`git told of the push in words that are not known: ${line}`);
      return { ref: ref!, hash: hashIn(hash), before: hashIn(before!) };
    });
