import { once } from "node:events";
import puppeteer, { type LaunchOptions } from "puppeteer-core";
import { type ServerOptions, serve } from "../support/server.ts";

export interface Drive<T> {
  readonly launch: LaunchOptions;
  /** Path of the page on the server; it uses mail.ts. */
  readonly path: string;
  readonly server?: ServerOptions;
  /** Takes a message of the page. True means that it was the last. */
  readonly hear: (message: T, version: string) => boolean;
  /** A page that tells nothing for this long hangs. */
  readonly silenceMs: number;
}

/**
 * Opens a page in a browser and hears it out. Throws when it is silent for too long.
 *
 * The page runs unwatched. While a driver is connected, `new Worker` in a worker of Firefox waits for a debugger, and now and then for
 * ever: two threads wait on one condition variable, and only one of them is woken (WorkerPrivate::mCondVar).
 */
export async function drive<T>({ launch, path, server: options, hear, silenceMs }: Drive<T>): Promise<void> {
  let letGo = (): void => {};
  const alone = new Promise<void>((done) => {
    letGo = done;
  });
  let finish = (): void => {};
  const finished = new Promise<void>((done) => {
    finish = done;
  });
  let heard = Date.now();
  let version = "";
  const server = await serve({
    ...options,
    post: async (to, body) => {
      if (to === "alone") return alone;
      heard = Date.now();
      for (const message of JSON.parse(body) as T[]) if (hear(message, version)) finish();
    },
  });
  try {
    const browser = await puppeteer.launch(launch);
    const process = browser.process()!;
    let watch: NodeJS.Timeout | undefined;
    try {
      version = (await browser.version()).replace(/^.*\//, "");
      await (await browser.newPage()).goto(`${server.origin}/${path}`);
      await browser.disconnect();
      letGo();
      const silent = new Promise<never>((_, fail) => {
        watch = setInterval(() => {
          if (Date.now() - heard > silenceMs) fail(new Error(`the page told nothing for ${silenceMs / 1000} s`));
        }, 1000);
      });
      await Promise.race([finished, silent]);
    } finally {
      clearInterval(watch);
      if (process.exitCode === null && process.kill()) await once(process, "exit");
    }
  } finally {
    await server.close();
  }
}
