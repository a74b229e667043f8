const LARGER = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes as people read it: "812 B", "1.5 KiB", "2.1 TiB". */
export function sizeInWords(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < LARGER.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${Math.round(size * 10) / 10} ${LARGER[unit]}`;
}

const UNITS: Record<string, number> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** As people write it: "10MB", "512k", "1.5 GiB", all by 1024, as Docker and nginx read it; undefined for what is none. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const bytes = Math.round(Number(number) * UNITS[unit.toLowerCase()]!);
  return bytes > 0 ? bytes : undefined;
}
