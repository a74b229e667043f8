/** Logs of a container: rotated, at most 30 MB. */
export const LOGGING = { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } };
