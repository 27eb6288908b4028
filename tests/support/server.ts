import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** A static server of the repository for pages under test: byte ranges, ETags, cross-origin isolation, a strict CSP. */
export interface TestServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Headers that make a page cross-origin isolated. Default true. */
  readonly isolated?: boolean;
  /** Takes the body of `POST /post/<name>`; the request is answered when it is done. */
  readonly post?: (name: string, body: string) => Promise<void>;
}

const top = fileURLToPath(new URL("../../", import.meta.url));
/** The folders that are served; nothing else is. */
const folders = ["ts-wrapper", "dist", "examples", "tests/fixtures", "build/browser"];
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".map": "application/json",
  ".wasm": "application/wasm",
};
/** What the library promises to run under: no eval, no blob worker, no other origin. */
export const contentSecurityPolicy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

/** Starts a server on a free port. */
export async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname)).slice(1);
  const file = join(top, path);
  const info = folders.some((folder) => path.startsWith(`${folder}/`)) ? await stat(file).catch(() => undefined) : undefined;
  const headers: Record<string, string> = {
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy,
    "cross-origin-resource-policy": "same-origin",
  };
  if (options.isolated ?? true) {
    headers["cross-origin-opener-policy"] = "same-origin";
    headers["cross-origin-embedder-policy"] = "require-corp";
  }
  if (request.method === "POST" && options.post && path.startsWith("post/")) {
    await options.post(path.slice("post/".length), await text(request));
    return end(response, 204, headers);
  }
  if (!info?.isFile()) return end(response, 404, headers);
  if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, { ...headers, allow: "GET, HEAD" });

  const etag = `"${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}"`;
  headers.etag = etag;
  headers["accept-ranges"] = "bytes";
  headers["content-type"] = types[extname(path)] ?? "application/octet-stream";
  if (request.headers["if-none-match"] === etag) return end(response, 304, headers);

  const range = wantedRange(request, etag, info.size);
  if (range === "unsatisfiable") return end(response, 416, { ...headers, "content-range": `bytes */${info.size}` });
  const { first, last } = range ?? { first: 0, last: info.size - 1 };
  headers["content-length"] = String(last - first + 1);
  if (range) headers["content-range"] = `bytes ${first}-${last}/${info.size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === "HEAD" || info.size === 0) response.end();
  else
    createReadStream(file, { start: first, end: last })
      .on("error", () => response.destroy())
      .pipe(response);
}

/** One range of the `Range` header (RFC 9110, 14.2); `undefined` stands for the whole file. */
function wantedRange(
  request: IncomingMessage,
  etag: string,
  size: number,
): { first: number; last: number } | "unsatisfiable" | undefined {
  const condition = request.headers["if-range"];
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (!match || match[0] === "bytes=-" || (condition !== undefined && condition !== etag)) return undefined;
  const [, from, to] = match;
  const first = from ? Number(from) : Math.max(0, size - Number(to));
  const last = from && to ? Math.min(Number(to), size - 1) : size - 1;
  return first > last ? "unsatisfiable" : { first, last };
}

function end(response: ServerResponse, status: number, headers: Record<string, string>): void {
  response.writeHead(status, headers);
  response.end();
}
