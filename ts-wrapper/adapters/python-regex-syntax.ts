// The syntax of Python's `re`, as far as it means the same without captures: literals, classes, groups, alternatives, quantifiers,
// anchors and lookahead. What needs captures or remembers how a match came about is refused: backreferences, conditionals, atomic
// groups, possessive quantifiers; so are lookbehind and inline flags.
//
// Source: Python 3 library reference, `re`; CPython `Lib/re/_parser.py` for `{` as a literal and for what cannot be repeated.
import { LowrankError } from "../engine/errors.ts";
import { show } from "../io/show.ts";

/** What a pattern is made of. Characters are Unicode code points. */
export type RegexNode =
  | { readonly kind: "one"; readonly test: (c: number) => boolean }
  | { readonly kind: "all"; readonly items: readonly RegexNode[] }
  | { readonly kind: "any"; readonly items: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly item: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: "at"; readonly test: (text: readonly number[], at: number) => boolean }
  | { readonly kind: "ahead"; readonly item: RegexNode; readonly negated: boolean };

/** Characters of a pattern: generated lists of module names have thousands. */
const MAX_LENGTH = 16_384;
/** Groups inside each other: the parser recurses. */
const MAX_DEPTH = 100;

type Test = (c: number) => boolean;

const unicode = (class_: RegExp): Test => {
  return (c) => class_.test(String.fromCodePoint(c));
};
const isDigit = unicode(/\p{Nd}/u);
const isWord = unicode(/[\p{L}\p{N}_]/u);
/** `str.isspace`: what JavaScript counts as white space, but for the byte order mark, and five control characters more. */
const isSpace = (c: number): boolean => {
  return (c >= 0x1c && c <= 0x1f) || c === 0x85 || (c !== 0xfeff && /\s/.test(String.fromCodePoint(c)));
};
const not = (test: Test): Test => {
  return (c) => !test(c);
};

const classes: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const isBoundary = (text: readonly number[], at: number): boolean => {
  const before = at > 0 && isWord(text[at - 1]!);
  const behind = at < text.length && isWord(text[at]!);
  return before !== behind;
};
const isStart = (_text: readonly number[], at: number): boolean => at === 0;
const isEnd = (text: readonly number[], at: number): boolean => at === text.length;
const isLineEnd = (text: readonly number[], at: number): boolean =>
  isEnd(text, at) || (at === text.length - 1 && text[at] === 10);

const anchors: Readonly<Record<string, (text: readonly number[], at: number) => boolean>> = {
  A: isStart,
  Z: isEnd,
  b: isBoundary,
  B: (text, at) => !isBoundary(text, at),
};

/** Parses a pattern. FORMAT for what Python refuses, too; KIND for what is not supported; LIMIT beyond a limit. */
export function parseRegex(pattern: string, file: string): RegexNode {
  return new Parser(pattern, file).whole();
}

class Parser {
  readonly #pattern: string;
  readonly #chars: readonly string[];
  readonly #file: string;
  #at = 0;
  #depth = 0;

  constructor(pattern: string, file: string) {
    this.#pattern = pattern;
    this.#file = file;
    this.#chars = Array.from(pattern);
    if (this.#chars.length > MAX_LENGTH) {
      const text = `the regular expression ${show(pattern)} has ${this.#chars.length} characters, at most ${MAX_LENGTH} are read`;
      throw new LowrankError("LIMIT", file, text, { file });
    }
  }

  whole(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#chars.length) throw this.#bad("a closing parenthesis without an opening one");
    return node;
  }

  #alternatives(): RegexNode {
    if (++this.#depth > MAX_DEPTH) {
      const text = `the regular expression ${show(this.#pattern)} nests groups deeper than ${MAX_DEPTH}`;
      throw new LowrankError("LIMIT", this.#file, text, { file: this.#file });
    }
    const items = [this.#sequence()];
    while (this.#take("|")) items.push(this.#sequence());
    this.#depth--;
    return items.length === 1 ? items[0]! : { kind: "any", items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== "|" && this.#chars[this.#at] !== ")") {
      const item = this.#item();
      if (item !== undefined) items.push(item);
    }
    return { kind: "all", items };
  }

  /** One element with its quantifier; `undefined` for a comment. */
  #item(): RegexNode | undefined {
    const quantified = this.#quantifier();
    if (quantified) throw this.#bad("a quantifier with nothing before it");
    const node = this.#element();
    const times = this.#quantifier();
    if (!times) return node;
    if (node === undefined || node.kind === "at") throw this.#bad("a quantifier with nothing before it that can be repeated");
    if (this.#take("+")) throw this.#unsupported("possessive quantifiers");
    this.#take("?"); // lazy or greedy: the same texts match
    if (this.#quantifier()) throw this.#bad("a quantifier behind a quantifier");
    return { kind: "repeat", item: node, ...times };
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { min: 0, max: 1 };
    const found = /^\{(?!\})(\d*)(,?)(\d*)\}/.exec(this.#chars.slice(this.#at, this.#at + 24).join(""));
    if (!found) return undefined;
    this.#at += found[0].length;
    const [, low = "", comma = "", high = ""] = found;
    const min = low === "" ? 0 : Number(low);
    const max = comma === "" ? min : high === "" ? Number.POSITIVE_INFINITY : Number(high);
    if (max < min) throw this.#bad(`the quantifier ${found[0]}, whose end is below its start`);
    return { min, max };
  }

  #element(): RegexNode | undefined {
    const c = this.#next();
    if (c === ".") return { kind: "one", test: (x) => x !== 10 };
    if (c === "^") return { kind: "at", test: isStart };
    if (c === "$") return { kind: "at", test: isLineEnd };
    if (c === "[") return { kind: "one", test: this.#set() };
    if (c === "(") return this.#group();
    if (c === "\\") return this.#escape();
    return literal(c.codePointAt(0)!);
  }

  #group(): RegexNode | undefined {
    if (!this.#take("?")) return this.#closed();
    if (this.#take("#")) {
      while (this.#next() !== ")");
      return undefined;
    }
    if (this.#take(":")) return this.#closed();
    if (this.#take("=")) return { kind: "ahead", item: this.#closed(), negated: false };
    if (this.#take("!")) return { kind: "ahead", item: this.#closed(), negated: true };
    if (this.#take("P") && this.#take("<")) {
      while (this.#next() !== ">");
      return this.#closed();
    }
    throw this.#unsupported("lookbehind, inline flags, backreferences, conditionals and atomic groups");
  }

  #closed(): RegexNode {
    const node = this.#alternatives();
    if (!this.#take(")")) throw this.#bad("a group that is not closed");
    return node;
  }

  #escape(): RegexNode {
    const c = this.#next();
    if (Object.hasOwn(classes, c)) return { kind: "one", test: classes[c]! };
    if (Object.hasOwn(anchors, c)) return { kind: "at", test: anchors[c]! };
    return literal(this.#escaped(c));
  }

  /** The code point of an escape that stands for one character. */
  #escaped(c: string): number {
    if (Object.hasOwn(controls, c)) return controls[c]!;
    const digits = c === "x" ? 2 : c === "u" ? 4 : c === "U" ? 8 : 0;
    if (digits > 0) {
      const hex = this.#chars.slice(this.#at, this.#at + digits).join("");
      const code = Number.parseInt(hex, 16);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10ffff) throw this.#bad(`the escape \\${c}${hex}`);
      this.#at += digits;
      return code;
    }
    if (/[0-9]/.test(c)) throw this.#unsupported("backreferences and octal escapes");
    if (/[a-zA-Z]/.test(c)) throw this.#bad(`the escape \\${c}`);
    return c.codePointAt(0)!;
  }

  /** What follows `[`, up to its `]`. */
  #set(): Test {
    const negated = this.#take("^");
    const tests: Test[] = [];
    let isFirst = true;
    while (isFirst || this.#chars[this.#at] !== "]") {
      isFirst = false;
      const low = this.#member();
      const isRange = this.#chars[this.#at] === "-" && this.#chars[this.#at + 1] !== "]" && this.#at + 1 < this.#chars.length;
      if (!isRange) {
        tests.push(typeof low === "number" ? (c) => c === low : low);
        continue;
      }
      this.#at++;
      const high = this.#member();
      if (typeof low !== "number" || typeof high !== "number" || high < low) throw this.#bad("a range in [ ] that is none");
      tests.push((c) => c >= low && c <= high);
    }
    this.#at++;
    return (c) => tests.some((test) => test(c)) !== negated;
  }

  #member(): number | Test {
    const c = this.#next();
    if (c !== "\\") return c.codePointAt(0)!;
    const escaped = this.#next();
    if (Object.hasOwn(classes, escaped)) return classes[escaped]!;
    return escaped === "b" ? 8 : this.#escaped(escaped);
  }

  #next(): string {
    const c = this.#chars[this.#at++];
    if (c === undefined) throw this.#bad("its end, where it has to go on");
    return c;
  }

  #take(c: string): boolean {
    if (this.#chars[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #bad(what: string): LowrankError {
    const text = `the regular expression ${show(this.#pattern)} has ${what} at character ${Math.min(this.#at, this.#chars.length)}`;
    return new LowrankError("FORMAT", this.#file, text, { file: this.#file });
  }

  #unsupported(what: string): LowrankError {
    const text = `the regular expression ${show(this.#pattern)} uses a form that is not supported: ${what}; list the module names instead`;
    return new LowrankError("KIND", this.#file, text, { file: this.#file });
  }
}

function literal(code: number): RegexNode {
  return { kind: "one", test: (c) => c === code };
}
