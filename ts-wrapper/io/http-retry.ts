import { LowrankError } from "../engine/errors.ts";

export interface HttpOptions {
  /** Sent with every request, for example `{ authorization: "Bearer …" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
  /** Attempts after the first that bring nothing new, before a read fails. Default 5. */
  readonly retries?: number;
  /** Milliseconds before the second attempt; doubled for each further one. Default 250. */
  readonly backoff?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default 30 000. */
  readonly stall?: number;
}

const MAX_WAIT = 30_000;

/** A passing refusal of the server, with the wait that it asks for. */
class Passing extends Error {
  readonly wait: number | undefined;

  constructor(status: number, wait: number | undefined) {
    super(`the server answered ${status}`);
    this.wait = wait;
  }
}

/**
 * Runs `attempt` until it succeeds. A LowrankError is final, everything else is a broken connection: it is tried again, later and later,
 * and `progressed` starts the count anew. NETWORK when the attempts are used up.
 */
export async function persist<T>(
  name: string,
  options: HttpOptions,
  attempt: (progressed: () => void) => Promise<T>,
): Promise<T> {
  const retries = options.retries ?? 5;
  for (let failed = 0; ; ) {
    try {
      return await attempt(() => {
        failed = 0;
      });
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (cause instanceof LowrankError) throw cause;
      if (failed >= retries) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const text = `${why}; tried ${failed + 1} times without progress; check the connection and run again`;
        throw new LowrankError("NETWORK", name, text, { file: name, cause });
      }
      const wait = cause instanceof Passing && cause.wait !== undefined ? cause.wait : (options.backoff ?? 250) * 2 ** failed;
      failed++;
      await sleep(Math.min(MAX_WAIT, wait), options.signal);
    }
  }
}

/** One request. `alive` starts the stall clock anew, `end` stops it and drops what has not been read. */
export async function fetchOnce(
  url: URL,
  name: string,
  options: HttpOptions,
  ask: { readonly method?: string; readonly range?: string; readonly ifRange?: string },
): Promise<{ readonly response: Response; readonly alive: () => void; readonly end: () => void }> {
  const stall = options.stall ?? 30_000;
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener("abort", onAbort);
  let clock: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(clock);
    clock = setTimeout(() => abort.abort(new Error(`no byte came for ${stall} ms`)), stall);
  };
  const end = (): void => {
    clearTimeout(clock);
    options.signal?.removeEventListener("abort", onAbort);
    abort.abort();
  };
  alive();
  try {
    const headers = new Headers(options.headers);
    if (ask.range !== undefined) headers.set("range", ask.range);
    if (ask.ifRange !== undefined && !crossOrigin(url)) headers.set("if-range", ask.ifRange);
    const response = await (options.fetch ?? fetch)(url, { method: ask.method ?? "GET", headers, signal: abort.signal });
    if (response.status === 408 || response.status === 429 || response.status >= 500) {
      const after = Number(response.headers.get("retry-after") ?? Number.NaN);
      throw new Passing(response.status, Number.isFinite(after) ? after * 1000 : undefined);
    }
    return { response, alive, end };
  } catch (cause) {
    end();
    if (cause instanceof TypeError && cause.cause === undefined && /scheme|protocol|parse/i.test(cause.message)) {
      throw new LowrankError("NETWORK", name, `the request cannot be made (${cause.message})`, { file: name, cause });
    }
    throw cause;
  }
}

/** In a page, If-Range to another origin needs a server that allows it in advance; there the validators of each answer are compared alone. */
function crossOrigin(url: URL): boolean {
  const { location } = globalThis as { location?: { origin?: string } };
  return location?.origin !== undefined && location.origin !== url.origin;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(clock);
      reject(signal?.reason);
    };
    const clock = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
