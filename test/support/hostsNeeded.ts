/** Prints how many sandbox hosts the tests use: the highest number in a line `const HOST = n` or `const HOSTS = [a, b]`. */
import { globSync, readFileSync } from "node:fs";

const numbers = globSync("test/**/*.test.ts").flatMap((file) =>
  Array.from(readFileSync(file, "utf8").matchAll(/^const HOSTS? = \[?([\d, ]+)/gm), (match) => match[1]!.split(",").map(Number)).flat());
console.log(Math.max(2, ...numbers));
