/** Text as it stands between the tags of a picture. */
export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A tenth of a pixel is as fine as anybody sees, and keeps files small and alike on every machine. */
export const rounded = (x: number): number => Math.round(x * 10) / 10;

/** A picture of its own, readable on light and dark pages; `styles` is CSS for each of the two. */
export function svgDocument(
  title: string,
  width: number,
  height: number,
  styles: { readonly light: string; readonly dark: string },
  lines: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    "<style>",
    `text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 15px; font-weight: 600 } ${styles.light}`,
    `@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } ${styles.dark} }`,
    "</style>",
    `<text class="title" x="0" y="16">${escaped(title)}</text>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}
