/** Reads the files of a gzipped tar stream, as GitHub makes them (ustar with pax headers). Writes nothing anywhere. */
import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

const BLOCK = 512;
const REGULAR = new Set(["0", "\0", ""]);

export interface TarLimits {
  /** Bytes after decompression, all together. */
  readonly mostBytes: number;
}

export class TarballTooLarge extends Error {}

/** Git's name of a file's content. */
export function blobSha(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Contents of those blobs that are in the archive. Paths do not matter: content is recognised by its SHA. */
export async function pickBlobs(
  compressed: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  limits: TarLimits,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const bytes of filesOf(compressed, limits)) {
    const sha = blobSha(bytes);
    if (wanted.has(sha)) found.set(sha, bytes);
    if (found.size === wanted.size) break;
  }
  return found;
}

async function* filesOf(compressed: AsyncIterable<Uint8Array>, limits: TarLimits): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // Tears both down when one breaks or the reader leaves early; what broke is thrown where the stream is read.
  pipeline(Readable.from(compressed), gunzip, () => undefined);
  const blocks = new Shelf(gunzip, limits.mostBytes);
  let paxSize: number | undefined;
  try {
    for (;;) {
      const header = await blocks.take(BLOCK);
      if (!header) return;
      if (header.every((byte) => byte === 0)) continue;
      const kind = String.fromCharCode(header[156] ?? 0);
      const regular = REGULAR.has(kind);
      const size = regular && paxSize !== undefined ? paxSize : octal(header);
      if (!Number.isSafeInteger(size) || size < 0) throw new Error("the archive names a size that is none");
      const padded = await blocks.take(Math.ceil(size / BLOCK) * BLOCK);
      if (!padded) throw new Error("the archive ends in the middle of a file");
      const body = padded.subarray(0, size);
      if (regular) yield new Uint8Array(body);
      paxSize = kind === "x" ? paxSizeOf(body.toString("utf8")) : undefined;
    }
  } finally {
    gunzip.destroy();
  }
}

/** Hands out a stream in pieces of the size asked for. */
class Shelf {
  readonly #chunks: Buffer[] = [];
  readonly #source: AsyncIterator<unknown>;
  readonly #mostBytes: number;
  #held = 0;
  #total = 0;
  constructor(source: AsyncIterable<unknown>, mostBytes: number) {
    this.#source = source[Symbol.asyncIterator]();
    this.#mostBytes = mostBytes;
  }

  /** undefined where the stream ends before that many bytes. */
  async take(bytes: number): Promise<Buffer | undefined> {
    while (this.#held < bytes) {
      const { done, value } = await this.#source.next();
      if (done) return undefined;
      const chunk = value as Buffer;
      this.#total += chunk.length;
      if (this.#total > this.#mostBytes) throw new TarballTooLarge(`unpacks to more than ${this.#mostBytes} bytes`);
      this.#chunks.push(chunk);
      this.#held += chunk.length;
    }
    const all = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    this.#held = all.length - bytes;
    if (this.#held > 0) this.#chunks.push(all.subarray(bytes));
    return all.subarray(0, bytes);
  }
}

function octal(header: Buffer): number {
  const text = header.toString("latin1", 124, 136).replace(/\0.*$/, "").trim();
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** "22 size=123456789012\n": a pax record for sizes that ustar cannot hold. */
function paxSizeOf(records: string): number | undefined {
  const found = /(?:^|\n)\d+ size=(\d+)\n/.exec(records);
  return found ? Number(found[1]) : undefined;
}
