// node main.js <out.svg>: a polynomial through noisy points, by the pseudo-inverse and by least squares.
import { writeFile } from "node:fs/promises";
import { cond, createEngine, gemm, lstsq, pinv } from "lowrank";

const out = process.argv[2];
if (!out) throw new Error("usage: node main.js <out.svg>");

// 60 points of a curve that is no polynomial, with noise from a small generator of its own: the same in each run.
let state = 1;
const noise = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const count = 60;
const t = Float64Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1);
const curve = (x) => Math.sin(3 * x) * Math.exp(-x) * 0.5;
const y = { rows: count, cols: 1, data: t.map((x) => curve(x) + 0.3 * noise()) };

// A's columns are Legendre polynomials: powers of t would do the same with a condition number that grows much faster.
const terms = 7;
const legendre = (x) => {
  const p = [1, x];
  for (let k = 2; k < terms; k++) p.push(((2 * k - 1) * x * p[k - 1] - (k - 1) * p[k - 2]) / k);
  return p;
};
const a = { rows: count, cols: terms, data: Float64Array.from([...t].flatMap(legendre)) };

const engine = await createEngine();
const fromInverse = gemm(engine, pinv(engine, a), y);
const { x, rank, residuals } = lstsq(engine, a, y);
const apart = Math.max(...x.data.map((c, i) => Math.abs(c - fromInverse.data[i])));
console.log(`rank ${rank}, condition number ${cond(engine, a).toFixed(2)}`);
console.log(`coefficients ${[...x.data].map((c) => c.toFixed(3)).join(" ")}`);
console.log(
  `root mean square residual ${Math.sqrt(residuals[0] / count).toFixed(3)}; both ways differ by ${apart.toExponential(1)}`,
);
engine[Symbol.dispose]();

const [width, height] = [640, 360];
const place = (u, v) => `${(((u + 1) / 2) * (width - 40) + 20).toFixed(1)},${(height / 2 - v * 110).toFixed(1)}`;
const line = (f) =>
  Array.from({ length: 201 }, (_, i) => i / 100 - 1)
    .map((u) => place(u, f(u)))
    .join(" ");
const fitted = (u) => legendre(u).reduce((sum, p, k) => sum + p * x.data[k], 0);
const dots = [...t].map((u, i) => {
  const [cx, cy] = place(u, y.data[i]).split(",");
  return `<circle cx="${cx}" cy="${cy}" r="3" fill="#888"/>`;
});
await writeFile(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#fff"/>
${dots.join("\n")}
<polyline points="${line(curve)}" fill="none" stroke="#bbb" stroke-width="2" stroke-dasharray="5 4"/>
<polyline points="${line(fitted)}" fill="none" stroke="#0a6ebd" stroke-width="2"/>
<text x="20" y="24" fill="#444">grey: points, and the curve behind them · blue: the best polynomial of degree ${terms - 1}</text>
</svg>
`,
);
