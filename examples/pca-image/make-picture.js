// Draws picture.png: hills under a sun, out of formulas alone, so that it belongs to nobody else.
import { writeFile } from "node:fs/promises";
import { writePng } from "./png.js";

const [width, height] = [192, 128];
const pixels = new Uint8Array(width * height * 3);
const hill = (x, k) => 62 + 17 * k + 13 * Math.sin(x / (31 - 5 * k) + 2 * k) + 5 * Math.sin(x / 9 + k);

for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    let colour = [120 + y / 2, 170 + y / 3, 225];
    const away = Math.hypot(x - 141, y - 34);
    if (away < 17) colour = [255, 236, 150];
    else colour = colour.map((c, i) => c + [110, 60, 0][i] * Math.exp(-(away - 17) / 16));
    for (let k = 0; k < 3; k++) {
      if (y < hill(x, k)) continue;
      const furrow = 12 * Math.sin((x + 2 * y) / (3 + k)) * Math.sin(y / 4);
      colour = [70 + 18 * k + furrow, 120 - 22 * k + furrow, 80 - 20 * k];
    }
    pixels.set(
      colour.map((c) => Math.max(0, Math.min(255, Math.round(c)))),
      (y * width + x) * 3,
    );
  }
}
await writeFile(new URL("picture.png", import.meta.url), writePng({ width, height, channels: 3, pixels }));
