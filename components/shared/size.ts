/** A number of bytes as people read it: "812 B", "1.5 KiB", "4 MiB". */
export function sizeInWords(bytes: number): string {
  const [size, unit] =
    bytes < 1024 ? [bytes, "B"] : bytes < 1024 ** 2 ? [bytes / 1024, "KiB"] : [bytes / 1024 ** 2, "MiB"];
  return `${String(Math.round(size * 10) / 10)} ${unit}`;
}

const UNITS: Record<string, number> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** As people write it: "10MB", "512k", "1.5 GiB", all by 1024, as Docker and nginx read it; undefined for what is none. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const bytes = Math.round(Number(number) * UNITS[unit.toLowerCase()]!);
  return bytes > 0 ? bytes : undefined;
}
