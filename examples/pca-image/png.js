// PNG files of 8 bits, grey or colour, not interlaced: as much of the format as this example needs (ISO/IEC 15948).
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** width × height pixels of `channels` bytes (1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha), row by row. */
export function readPng(file) {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error("this is no PNG file");
  let header;
  const parts = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const kind = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR")
      header = { width: data.readUInt32BE(0), height: data.readUInt32BE(4), depth: data[8], kind: data[9], lace: data[12] };
    if (kind === "IDAT") parts.push(data);
    at += 12 + length;
  }
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[header?.kind];
  if (!channels || header.depth !== 8 || header.lace !== 0) throw new Error("8 bits, grey or colour, not interlaced were needed");
  const { width, height } = header;
  return { width, height, channels, pixels: unfiltered(inflateSync(Buffer.concat(parts)), height, width * channels, channels) };
}

/** Each row was stored as its difference from what its filter predicts from the pixels left, above and left above. */
function unfiltered(raw, rows, length, step) {
  const out = new Uint8Array(rows * length);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (length + 1)];
    for (let x = 0; x < length; x++) {
      const left = x >= step ? out[y * length + x - step] : 0;
      const above = y > 0 ? out[(y - 1) * length + x] : 0;
      const corner = x >= step && y > 0 ? out[(y - 1) * length + x - step] : 0;
      const guess = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter];
      out[y * length + x] = raw[y * (length + 1) + 1 + x] + guess;
    }
  }
  return out;
}

/** Which of the three is nearest to left + above − corner (Paeth). */
function nearest(left, above, corner) {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

export function writePng({ width, height, channels, pixels }) {
  const rows = Buffer.alloc(height * (width * channels + 1)); // filter 0: rows as they are
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * width * channels, (y + 1) * width * channels), y * (width * channels + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, [0, 0, 4, 2, 6][channels]], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
