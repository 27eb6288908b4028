/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

/** What goes wrong with one answer. */
export interface Fault {
  /** Answers with this status instead. */
  readonly status?: number;
  /** Sends this many bytes, then breaks the connection. */
  readonly cutAfter?: number;
  /** Ends normally this many bytes early or late. */
  readonly extra?: number;
  /** Throws as `fetch` does when there is no connection. */
  readonly offline?: boolean;
  /** Never sends a byte of the body. */
  readonly stall?: boolean;
  /** Headers changed or, where undefined, left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface FakeServer {
  readonly fetch: typeof globalThis.fetch;
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly seen: readonly SeenRequest[];
  /** Faults of the next answers, in order; `undefined` is a good one. */
  readonly faults: (Fault | undefined)[];
  /** Changes what every answer is like. */
  readonly ranges: { on: boolean; etag: string | undefined; modified: string | undefined; exposed: boolean; length: boolean };
}

/** A file server behind the face of `fetch`, for every runtime: ranges, validators, If-Range, and faults on demand. */
export function fakeServer(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): FakeServer {
  const map = new Map(Object.entries(files));
  const seen: SeenRequest[] = [];
  const faults: (Fault | undefined)[] = [];
  const ranges = {
    on: true,
    etag: '"v1"' as string | undefined,
    modified: undefined as string | undefined,
    exposed: true,
    length: true,
  };

  const answer = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(String(input));
    const headers = new Headers(init.headers);
    const range = headers.get("range") ?? undefined;
    const ifRange = headers.get("if-range") ?? undefined;
    const method = init.method ?? "GET";
    seen.push({
      method,
      path: decodeURIComponent(pathname),
      range,
      ifRange,
      authorization: headers.get("authorization") ?? undefined,
    });
    init.signal?.throwIfAborted();
    const fault = faults.shift();
    if (fault?.offline) throw new TypeError("fetch failed");
    const bytes = map.get(decodeURIComponent(pathname));
    const status = fault?.status ?? (bytes === undefined ? 404 : 200);
    if (bytes === undefined || status >= 300)
      return new Response("an error page", { status, headers: headersOf(fault?.headers ?? {}) });
    return fileAnswer(bytes, method, range, ifRange, fault, init.signal ?? undefined);
  };

  const fileAnswer = (
    bytes: Uint8Array<ArrayBuffer>,
    method: string,
    range: string | undefined,
    ifRange: string | undefined,
    fault: Fault | undefined,
    signal: AbortSignal | undefined,
  ): Response => {
    const wanted = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const validators = { etag: ranges.etag, "last-modified": ranges.modified };
    const isOther = ifRange !== undefined && ifRange !== (ranges.etag ?? ranges.modified);
    const partial = ranges.on && wanted !== null && !isOther && method === "GET";
    const first = partial ? Number(wanted[1]) : 0;
    if (partial && first >= bytes.length) {
      return new Response(null, {
        status: 416,
        headers: headersOf({ ...validators, "content-range": `bytes */${bytes.length}` }),
      });
    }
    const last = partial ? Math.min(Number(wanted[2]), bytes.length - 1) : bytes.length - 1;
    const length = last + 1 - first + (fault?.extra ?? 0);
    const sent = new Uint8Array(length);
    sent.set(bytes.subarray(first, Math.min(last + 1, first + length)));
    const headers = headersOf({
      ...validators,
      ...(ranges.length ? { "content-length": String(last + 1 - first) } : {}),
      ...(partial && ranges.exposed ? { "content-range": `bytes ${first}-${last}/${bytes.length}` } : {}),
      ...fault?.headers,
    });
    const body = method === "HEAD" ? null : stream(sent, fault, signal);
    return new Response(body, { status: partial ? 206 : 200, headers });
  };
  return { fetch: answer, files: map, seen, faults, ranges };
}

function headersOf(values: Readonly<Record<string, string | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) headers.set(name, value);
  return headers;
}

/** The body in pieces of at most 1000 bytes, so that a connection can break in the middle. */
function stream(
  bytes: Uint8Array<ArrayBuffer>,
  fault: Fault | undefined,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    start(control) {
      signal?.addEventListener("abort", () => control.error(signal.reason));
    },
    pull(control) {
      if (fault?.stall) return new Promise(() => {});
      // Only when everything sent before has been taken: an error throws away what still waits.
      if (fault?.cutAfter !== undefined && at >= fault.cutAfter) return control.error(new TypeError("terminated"));
      const end = Math.min(bytes.length, at + 1000, fault?.cutAfter ?? Number.POSITIVE_INFINITY);
      if (end > at) control.enqueue(bytes.slice(at, end));
      at = end;
      if (at >= bytes.length) control.close();
      return undefined;
    },
  });
}
