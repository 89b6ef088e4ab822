// The blocks of data in this file: compressed, in base64. `block.rs` writes what is read here.

async function openBlock(name) {
  const element = document.getElementById(`data-${name}`);
  const packed = fromBase64(element.textContent);
  element.remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Reader(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

class Reader {
  static bits = new Uint32Array(1);
  static real = new Float32Array(Reader.bits.buffer);

  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.texts = this.readTexts();
    this.traces = this.list(() => this.readTrace());
  }

  readTexts() {
    const decoder = new TextDecoder();
    const lengths = this.list(() => this.number());
    return lengths.map((length) => {
      this.at += length;
      return decoder.decode(this.bytes.subarray(this.at - length, this.at));
    });
  }

  readTrace() {
    const cut = this.flag();
    const frames = this.list(() => ({ call: this.text(), site: this.optionalText() }));
    return { cut, frames };
  }

  /** Seven bits a byte, the lowest first; the top bit says that more follow. */
  number() {
    let byte = this.bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let weight = 0x80;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 0x7f) * weight;
      weight *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  flag() {
    return this.number() === 1;
  }

  optional() {
    const above = this.number();
    return above === 0 ? null : above - 1;
  }

  /** A fraction, as the bits of a float of 32. */
  optionalReal() {
    const bits = this.optional();
    if (bits === null) return NaN;
    Reader.bits[0] = bits;
    return Reader.real[0];
  }

  text() {
    return this.texts[this.number()];
  }

  optionalText() {
    const place = this.optional();
    return place === null ? null : this.texts[place];
  }

  optionalTrace() {
    const place = this.optional();
    return place === null ? null : this.traces[place];
  }

  difference() {
    const folded = this.number();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** Numbers, each as its difference from the one before. */
  column(length) {
    const column = new Float64Array(length);
    let value = 0;
    for (let row = 0; row < length; row += 1) {
      value += this.difference();
      column[row] = value;
    }
    return column;
  }

  /** The same, with what is absent as NaN. */
  optionalColumn(length) {
    const column = this.column(length);
    for (let row = 0; row < length; row += 1) column[row] = column[row] === 0 ? NaN : column[row] - 1;
    return column;
  }

  textColumn(length) {
    return Array.from({ length }, () => this.text());
  }

  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}
