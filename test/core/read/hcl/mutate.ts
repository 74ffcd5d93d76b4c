// A seeded byte mutator that knows which bytes matter in HCL.

export type Random = () => number;

/** mulberry32: small, seeded, good enough to choose mutations. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const TOKENS = [
  ..."{}[]()\"'$%#/*=,.:?!<>&|+-~\\\n\r\t \0",
  "${",
  "%{",
  "~}",
  "<<EOT\n",
  "<<-EOT\n",
  "\nEOT\n",
  "/*",
  "*/",
  "//",
  "...",
  "=>",
  "::",
  "[*]",
  ".*",
  "&&",
  "||",
  "==",
  "!=",
  "for x in y : ",
  "%{ if true }",
  "%{ else }",
  "%{ endif }",
  "%{ for a, b in c }",
  "%{ endfor }",
  "$${",
  "%%{",
  "\\u00e9",
  "\\U0001F600",
  "\xc3\xa9",
  "\xf0\x9f\x98\x80",
  "\xff",
  "\xed\xa0\x80",
  "\xef\xbb\xbf",
  "((((((((",
  "[[[[[[[[",
  "{{{{{{{{",
  "a.0.1.*.b[*]",
  "null",
  "true",
  'resource "a" "b" {',
  "\n}\n",
  "1e+5",
  "provider::a::b(",
  "-----",
  "!!!!!!!!",
];

const pick = <T>(items: readonly T[], random: Random): T | undefined => items[Math.floor(random() * items.length)];

const splice = (bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array => {
  const result = new Uint8Array(bytes.length - remove + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + remove), at + insert.length);
  return result;
};

/** A piece of one of the seeds, damaged in one to eight places. At most a few kilobytes, so that many can be tried. */
export const mutate = (seeds: readonly Uint8Array[], random: Random, maxBytes = 1500): Uint8Array => {
  const seed = pick(seeds, random) ?? new Uint8Array();
  const from = seed.length > maxBytes ? Math.floor(random() * (seed.length - maxBytes)) : 0;
  let bytes: Uint8Array = seed.slice(from, from + maxBytes);
  const count = 1 + Math.floor(random() * 8);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random() * (bytes.length + 1));
    const rest = bytes.length - at;
    const choice = random();
    if (choice < 0.45) bytes = splice(bytes, at, 0, Buffer.from(pick(TOKENS, random) ?? "", "latin1"));
    else if (choice < 0.65) bytes = splice(bytes, at, Math.min(rest, 1 + Math.floor(random() * 4)), new Uint8Array());
    else if (choice < 0.8) bytes = splice(bytes, at, Math.min(rest, 1), Uint8Array.of(Math.floor(random() * 256)));
    else if (choice < 0.9) bytes = bytes.slice(0, at);
    else {
      const start = Math.floor(random() * bytes.length);
      bytes = splice(bytes, at, 0, bytes.slice(start, start + Math.floor(random() * 60)));
    }
  }
  return bytes;
};
