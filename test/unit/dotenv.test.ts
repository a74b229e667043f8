/** How a `.env` is read; the expected values are those of Docker Compose 2.40. */
import { describe, expect, it } from "vitest";
import { parseDotenv, readDotenv } from "../../components/compose/dotenv.ts";

describe("a .env", () => {
  it.each<[string, string, string]>([
    ["keeps a # that begins a value", "A=#pass", "#pass"],
    ["keeps a # that begins a value after a space", "A= #pass", "#pass"],
    ["keeps a # after a tab", "A=x\t#y", "x\t#y"],
    ["ends at a # after a space", "A=x #y", "x"],
    ["keeps a # within a word", "A=x#y", "x#y"],
    ["loses the spaces around a value", "A =  b c  ", "b c"],
    ["keeps all between single quotes", "A='$X \\n\"#'", '$X \\n"#'],
    ["has line breaks between double quotes", 'A="a\nb\\nc"', "a\nb\nc"],
    ["has C's other escapes between double quotes", 'A="\\a\\b\\f\\v"', "\x07\b\f\v"],
    ["has a dollar by a backslash between double quotes", 'A="\\$B"', "$B"],
    ["has a dollar by two", "A=x$$y", "x$y"],
    ["begins after a byte order mark", "\uFEFFA=1", "1"],
    ["has an empty value", "A=", ""],
    ["may end its lines as Windows does", "A=é ü\r\nB=2\r\n", "é ü"],
  ])("%s", (_, text, value) => expect(readDotenv(text).A).toBe(value));

  it("tells which values name what has no value", () => {
    const { entries } = parseDotenv("A=1\nB=$A\nC=x$NONE\nD=${NONE:-y}\nE='$NONE'");
    expect(entries.filter(({ isIncomplete }) => isIncomplete).map(({ name }) => name)).toEqual(["C"]);
  });

  it.each<[string, string, number[]]>([
    ["a name alone", "A=1\nB\n", [2]],
    ["a name that begins with a digit", "# x\n\n1A=1", [3]],
    ["a quote without an end", "A=1\nB='x\nC=2", [2]],
    ["a quote in the way of a shell", "A='x'\\''y'", [1]],
    ["what comes after a quoted text of two lines", 'A="x\ny"\nnothing', [3]],
    ["more after a quote", 'A="x"y', [1]],
  ])("tells the line of %s", (_, text, lines) => expect(parseDotenv(text).unread).toEqual(lines));

  it("has no line to tell of where all are variables, comments or empty", () =>
    expect(parseDotenv("# a\n\n  # b\nexport A=1\nB: 'x' # c\nC=\"1\n#2\n\"\n").unread).toEqual([]));
});
