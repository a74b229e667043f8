/**
 * Keeps an error's words, without its place in the code: Pulumi's SDK puts "error serializing property …" before those of
 * what fails in an output, and its launcher prints some with their stack.
 */
export function inOwnWords<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperties(error, {
    message: { get: () => message, set: () => {}, configurable: true },
    stack: { value: message, configurable: true },
  });
}
