import { cutMark } from "./cut-mark.ts";

/**
 * Takes any amount of bytes and keeps the first half and the last half of what it may keep, in bounded memory.
 * @example const out = new OutputBuffer(8); out.push(Buffer.from("0123456789")); out.text() // "0123", cut mark, "6789"
 */
export class OutputBuffer {
  readonly #headRoom: number;
  readonly #tailRoom: number;
  #head: Buffer = Buffer.alloc(0);
  #headLength = 0;
  /** A ring: `#tailAt` is where the next byte goes. */
  #tail: Buffer | undefined;
  #tailAt = 0;
  #beyondHead = 0;

  /** @param maxBytes how many bytes are kept */
  constructor(maxBytes: number) {
    this.#headRoom = Math.ceil(maxBytes / 2);
    this.#tailRoom = Math.floor(maxBytes / 2);
  }

  /** Bytes that were taken but not kept. */
  get droppedBytes(): number {
    return Math.max(0, this.#beyondHead - this.#tailRoom);
  }

  push(chunk: Buffer): void {
    const fits = Math.min(this.#headRoom - this.#headLength, chunk.length);
    if (fits > 0) this.#pushHead(chunk.subarray(0, fits));
    if (fits < chunk.length) this.#pushTail(chunk.subarray(fits));
  }

  /**
   * What was kept, decoded as UTF-8 with replacement characters; a cut mark stands for what was not. However the
   * bytes were split into chunks, the text is the same, and no cut splits a character.
   */
  text(): string {
    const head = this.#head.subarray(0, this.#headLength);
    const tail = this.#tailBytes();
    if (this.droppedBytes === 0) return Buffer.concat([head, tail]).toString("utf8");
    const before = head.subarray(0, endOfCharacters(head)).toString("utf8");
    return before + cutMark(this.droppedBytes) + tail.subarray(startOfCharacters(tail)).toString("utf8");
  }

  #pushHead(bytes: Buffer): void {
    const needed = this.#headLength + bytes.length;
    if (needed > this.#head.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#headRoom, Math.max(needed, 2 * this.#head.length)));
      this.#head.copy(grown, 0, 0, this.#headLength);
      this.#head = grown;
    }
    bytes.copy(this.#head, this.#headLength);
    this.#headLength = needed;
  }

  #pushTail(bytes: Buffer): void {
    this.#beyondHead += bytes.length;
    if (this.#tailRoom === 0) return;
    this.#tail ??= Buffer.allocUnsafeSlow(this.#tailRoom);
    const last = bytes.subarray(Math.max(0, bytes.length - this.#tailRoom));
    const first = Math.min(last.length, this.#tailRoom - this.#tailAt);
    last.copy(this.#tail, this.#tailAt, 0, first);
    last.copy(this.#tail, 0, first);
    this.#tailAt = (this.#tailAt + last.length) % this.#tailRoom;
  }

  #tailBytes(): Buffer {
    if (this.#tail === undefined) return Buffer.alloc(0);
    if (this.#beyondHead < this.#tailRoom) return this.#tail.subarray(0, this.#beyondHead);
    return Buffer.concat([this.#tail.subarray(this.#tailAt), this.#tail.subarray(0, this.#tailAt)]);
  }
}

/** Where the last whole UTF-8 character ends. */
function endOfCharacters(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at] ?? 0;
    if (isContinuation(byte)) continue;
    return at + lengthOfCharacter(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

/** Where the first whole UTF-8 character starts. */
function startOfCharacters(bytes: Buffer): number {
  let at = 0;
  while (at < Math.min(3, bytes.length) && isContinuation(bytes[at] ?? 0)) at++;
  return at;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function lengthOfCharacter(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}
