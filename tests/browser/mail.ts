/** In a page: posts messages to the server, in order and in as few requests as the network allows, as `[message, …]`. */
export class Mail<T> {
  #waiting: T[] = [];
  /** Settles when all that was said has arrived. */
  sent: Promise<unknown> = Promise.resolve();

  readonly say = (message: T): void => {
    if (this.#waiting.push(message) > 1) return;
    this.sent = this.sent.then(() => fetch("/post/mail", { method: "POST", body: JSON.stringify(this.#waiting.splice(0)) }));
  };
}

/** In a page: settles when the driver has let go of the browser. */
export const alone = (): Promise<unknown> => fetch("/post/alone", { method: "POST" });
