import { LowrankError } from "../engine/errors.ts";

/** What says which version of a remote file an answer belongs to. */
export interface Pinned {
  readonly total: number;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  /** What If-Range may carry: a strong ETag, else a date. */
  readonly ifRange: string | undefined;
}

export function pin(response: Response, total: number): Pinned {
  const etag = response.headers.get("etag") ?? undefined;
  const modified = response.headers.get("last-modified") ?? undefined;
  return { total, etag, modified, ifRange: etag?.startsWith('"') ? etag : etag === undefined ? modified : undefined };
}

/** `Content-Range: bytes 0-99/1234`; `total` is undefined for `*`. The whole is undefined where there is none, or it is not one. */
export function contentRange(
  response: Response,
): { readonly begin: number | undefined; readonly total: number | undefined } | undefined {
  const m = /^bytes\s+(?:([0-9]{1,15})-[0-9]{1,15}|\*)\/([0-9]{1,15}|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (!m) return undefined;
  return { begin: m[1] === undefined ? undefined : Number(m[1]), total: m[2] === "*" ? undefined : Number(m[2]) };
}

/** Reads a body into `into`; returns the bytes that came, at most all of it. More than asked for is refused, fewer is the caller's to judge. */
export async function readBody(
  response: Response,
  into: Uint8Array,
  name: string,
  arrived?: (n: number) => void,
): Promise<number> {
  if (response.headers.has("content-encoding") && response.headers.get("content-encoding") !== "identity") {
    const text = `the server sent a range compressed (${response.headers.get("content-encoding")}), plain bytes were needed`;
    throw new LowrankError("NETWORK", name, text, { file: name });
  }
  let got = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return got;
    if (got + value.length > into.length) {
      throw new LowrankError("NETWORK", name, `the server sent more than the ${into.length} bytes that were asked for`, {
        file: name,
      });
    }
    into.set(value, got);
    got += value.length;
    arrived?.(value.length);
  }
}

/** A status that is final. */
export function notFetched(name: string, response: Response): LowrankError {
  const { status } = response;
  const file = { file: name };
  if (status === 404 || status === 410) {
    return new LowrankError("NOT_FOUND", name, `the server answered ${status}: there is no such file; check the URL`, file);
  }
  if (status === 401 || status === 403) {
    const text = `the server answered ${status}: access is refused; give an Authorization header, or accept the model's terms first`;
    return new LowrankError("NETWORK", name, text, { ...file, cause: { status } });
  }
  return new LowrankError("NETWORK", name, `the server answered ${status}, 206 (a range of the file) was needed`, {
    ...file,
    cause: { status },
  });
}
