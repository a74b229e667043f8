/** Keeps an error's words: Pulumi's SDK puts "error serializing property …" before those of what fails in an output. */
export function inOwnWords<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperty(error, "message", { get: () => message, set: () => {}, configurable: true });
}
