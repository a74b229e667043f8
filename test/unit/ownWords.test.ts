import { describe, expect, it } from "vitest";
import { inOwnWords } from "../../components/shared/ownWords.ts";

describe("an error in its own words", () => {
  it("keeps them when somebody writes others before them, and is what it was", () => {
    const error = inOwnWords(new RangeError("web-1 is not prepared yet"));
    error.message = `error serializing property "create": ${error.message}`;
    expect(error.message).toBe("web-1 is not prepared yet");
    expect(error.stack).toBe("web-1 is not prepared yet");
    expect(error).toBeInstanceOf(RangeError);
  });
});
