/** How many SMS a text costs: GSM 03.38's 7-bit alphabet where it fits, else UCS-2 for the whole text. Pure. */

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Written as an escape and a second septet. */
const EXTENDED = new Set("^{}\\[~]|€\f");

export interface SmsLength {
  readonly encoding: "GSM-7" | "UCS-2";
  /** Septets or UTF-16 units. */
  readonly units: number;
  readonly segments: number;
  /** Characters that force UCS-2, each once. */
  readonly outside: readonly string[];
}

export function measureSms(text: string): SmsLength {
  const characters = [...text];
  const outside = [...new Set(characters.filter((c) => !BASIC.has(c) && !EXTENDED.has(c)))];
  if (outside.length > 0) {
    return { encoding: "UCS-2", units: text.length, segments: segmentsOf(characters.map(utf16), 70, 67), outside };
  }
  const septets = characters.map((c) => (EXTENDED.has(c) ? 2 : 1));
  return { encoding: "GSM-7", units: sum(septets), segments: segmentsOf(septets, 160, 153), outside };
}

const utf16 = (character: string): number => character.length;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** A character of two units is never split over two segments, so a segment may end one unit early. */
function segmentsOf(widths: readonly number[], alone: number, joined: number): number {
  if (sum(widths) <= alone) return 1;
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > joined) {
      segments++;
      used = 0;
    }
    used += width;
  }
  return segments;
}
