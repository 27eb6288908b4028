/** What one suite prints: kept until it is shown, then passed on as it comes to the standard output. */
export class Output {
  readonly #kept: string[] = [];
  #live = false;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((done) => {
    this.#end = done;
  });

  write(text: string): void {
    if (this.#live) process.stdout.write(text);
    else this.#kept.push(text);
  }

  end(): void {
    this.#end();
  }

  show(): Promise<void> {
    this.#live = true;
    for (const text of this.#kept.splice(0)) process.stdout.write(text);
    return this.#ended;
  }
}
