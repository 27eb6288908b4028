import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { contentRange, notFetched, type Pinned, pin, readBody } from "./http-response.ts";
import { fetchOnce, type HttpOptions, persist } from "./http-retry.ts";
import { limits } from "./limits.ts";
import { memorySource } from "./memory-source.ts";
import { checkRange } from "./range.ts";

export type { HttpOptions } from "./http-retry.ts";

/** Bytes asked for by the first request: with it come the length, the validators and, in most files, the whole header. */
const HEAD_BYTES = 65536;

/**
 * A source over an http or https URL. The first request shows whether the server answers ranges and how long the file is; its ETag or
 * date is pinned, and an answer that belongs to another version is NETWORK. A connection that breaks is taken up where it broke.
 * A server without ranges is read whole where the file is small, and refused where it is not. NOT_FOUND for 404 and 410.
 */
export async function openUrl(url: URL, name: string = url.href, options: HttpOptions = {}): Promise<ByteSource> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new LowrankError("USAGE", name, `the scheme is ${url.protocol}, http: or https: was needed`, { file: name });
  }
  return persist(name, options, async () => {
    const answer = await fetchOnce(url, name, options, { range: `bytes=0-${HEAD_BYTES - 1}` });
    try {
      return await firstAnswer(url, name, options, answer.response);
    } finally {
      answer.end();
    }
  });
}

async function firstAnswer(url: URL, name: string, options: HttpOptions, response: Response): Promise<ByteSource> {
  const range = contentRange(response);
  if (response.status === 416 && range?.total === 0) return memorySource(new Uint8Array(0), name);
  if (response.status === 200) return wholeFile(name, response);
  if (response.status !== 206) throw notFetched(name, response);
  const total = range?.total ?? (range === undefined ? await lengthByHead(url, name, options) : undefined);
  if (total === undefined)
    throw network(name, "the server does not say how long the file is; a server that answers Content-Range is needed");
  if (range !== undefined && range.begin !== 0)
    throw network(name, `the server sent bytes from ${range.begin}, bytes from 0 were asked for`);
  const head = new Uint8Array(Math.min(HEAD_BYTES, total));
  const got = await readBody(response, head, name);
  return new HttpSource(url, name, options, pin(response, total), head.subarray(0, got));
}

/** The server ignores ranges: small files are taken whole. */
async function wholeFile(name: string, response: Response): Promise<ByteSource> {
  const max = limits.wholeDownloadBytes;
  const said = Number(response.headers.get("content-length") ?? Number.NaN);
  const refused = (): LowrankError => {
    const size = Number.isNaN(said) ? "of unknown length" : `of ${said} bytes`;
    return network(
      name,
      `the server answers no range requests, and a file ${size} is not read whole (at most ${max}); download it, or use a server with ranges`,
    );
  };
  if (said > max) throw refused();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) break;
    length += value.length;
    if (length > max) throw refused();
    chunks.push(value);
  }
  // Only an answer that was not compressed on the way has the length that is said.
  if (!Number.isNaN(said) && !response.headers.has("content-encoding") && said !== length) {
    throw new Error(`${length} of ${said} bytes came`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return memorySource(bytes, name);
}

/** A page sees Content-Range of another origin only where the server exposes it; Content-Length it always sees. */
async function lengthByHead(url: URL, name: string, options: HttpOptions): Promise<number | undefined> {
  const answer = await fetchOnce(url, name, options, { method: "HEAD" });
  answer.end();
  const length = answer.response.headers.get("content-length");
  return answer.response.ok && length !== null && /^[0-9]+$/.test(length) ? Number(length) : undefined;
}

class HttpSource implements ByteSource {
  readonly byteLength: number;
  readonly name: string;
  readonly version: string;
  readonly #url: URL;
  readonly #options: HttpOptions;
  readonly #pinned: Pinned;
  readonly #head: Uint8Array;

  constructor(url: URL, name: string, options: HttpOptions, pinned: Pinned, head: Uint8Array) {
    this.#url = url;
    this.name = name;
    this.#options = options;
    this.#pinned = pinned;
    this.#head = head;
    this.byteLength = pinned.total;
    this.version = pinned.etag ?? pinned.modified ?? `${pinned.total} bytes`;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this.name, offset, length, this.byteLength);
    const bytes = new Uint8Array(length);
    await this.readInto(offset, bytes);
    return bytes;
  }

  async readInto(offset: number, into: Uint8Array): Promise<void> {
    checkRange(this.name, offset, into.length, this.byteLength);
    const known = this.#head.subarray(offset, offset + into.length);
    into.set(known);
    let got = known.length;
    if (got === into.length) return;
    await persist(this.name, this.#options, async (progressed) => {
      const begin = offset + got;
      const answer = await this.#ask(begin, offset + into.length - 1);
      try {
        await readBody(answer.response, into.subarray(got), this.name, (n) => {
          got += n;
          answer.alive();
          progressed();
        });
      } finally {
        answer.end();
      }
      if (got < into.length) throw new Error(`the connection ended ${into.length - got} bytes early`);
    });
  }

  async #ask(begin: number, last: number): ReturnType<typeof fetchOnce> {
    const { name } = this;
    const pinned = this.#pinned;
    const answer = await fetchOnce(this.#url, name, this.#options, {
      range: `bytes=${begin}-${last}`,
      ...(pinned.ifRange === undefined ? {} : { ifRange: pinned.ifRange }),
    });
    try {
      this.#check(answer.response, begin);
      return answer;
    } catch (cause) {
      answer.end();
      throw cause;
    }
  }

  /** The answer has to be the range asked for, of the version that was opened. */
  #check(response: Response, begin: number): void {
    const { name } = this;
    const range = contentRange(response);
    if (response.status !== 206 && response.status !== 200 && response.status !== 412 && response.status !== 416)
      throw notFetched(name, response);
    const now = pin(response, range?.total ?? this.byteLength);
    for (const [what, before, after] of [
      ["ETag", this.#pinned.etag, now.etag],
      ["Last-Modified", this.#pinned.modified, now.modified],
      ["length", `${this.byteLength}`, response.status === 206 ? `${now.total}` : undefined],
    ]) {
      if (before === undefined || after === undefined || before === after) continue;
      throw network(name, `the file changed while it was being read (${what} was ${before}, is ${after}); start again`);
    }
    if (response.status !== 206)
      throw network(
        name,
        `the server answered ${response.status} to a range, 206 was needed; the file may have changed, start again`,
      );
    if (range !== undefined && range.begin !== begin)
      throw network(name, `the server sent bytes from ${range.begin}, bytes from ${begin} were asked for`);
  }
}

function network(name: string, text: string): LowrankError {
  return new LowrankError("NETWORK", name, text, { file: name });
}
