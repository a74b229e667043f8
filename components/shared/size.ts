/** A number of bytes as people read it: "812 B", "1.5 KiB", "4 MiB". */
export function sizeInWords(bytes: number): string {
  const [size, unit] =
    bytes < 1024 ? [bytes, "B"] : bytes < 1024 ** 2 ? [bytes / 1024, "KiB"] : [bytes / 1024 ** 2, "MiB"];
  return `${String(Math.round(size * 10) / 10)} ${unit}`;
}
