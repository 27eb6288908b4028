import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** What decides whether a stream gets colour. */
export interface ColorWish {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color` was given. */
  readonly refused: boolean;
}

/**
 * Colour goes to terminals only; a `NO_COLOR` that is not empty (https://no-color.org), `--no-color` and `TERM=dumb` refuse it,
 * `FORCE_COLOR` other than 0 asks for it where there is no terminal.
 */
export function wantsColor({ isTTY, env, refused }: ColorWish): boolean {
  if (refused || env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTTY && env.TERM !== "dumb";
}

export function colorsFor(wish: ColorWish): Colors {
  return createColors(wantsColor(wish));
}
