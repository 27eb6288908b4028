// Regular expressions of Python's `re` from a configuration file, matched without catastrophic backtracking.
//
// A pattern becomes a program of characters, branches, assertions and lookaheads. A match walks the pairs (instruction, place in the
// text) and visits none twice, so it takes at most instructions × characters steps (times characters again for each level of
// lookahead): what makes a backtracking matcher exponential, (a+)+$ and the like, is linear here. Only whether there is a match is
// asked, so greedy and lazy quantifiers are the same.
//
// Source: the visited set is that of RE2's bit-state matcher (R. Cox, "Regular Expression Matching in the Wild", 2010).
import { LowrankError } from "../engine/errors.ts";
import { show } from "../io/show.ts";
import { parseRegex, type RegexNode } from "./python-regex-syntax.ts";

/** A compiled pattern. */
export interface PythonRegex {
  readonly pattern: string;
  /** `re.fullmatch`: the whole text. */
  matchesWhole(text: string): boolean;
  /** `re.match`: some beginning of the text. */
  matchesStart(text: string): boolean;
}

type Step =
  | { readonly do: "one"; readonly test: (c: number) => boolean }
  | { readonly do: "at"; readonly test: (text: readonly number[], at: number) => boolean }
  | { readonly do: "ahead"; readonly program: readonly Step[]; readonly negated: boolean }
  | { readonly do: "split"; readonly to: number; readonly or: number }
  | { readonly do: "accept" };

/** Instructions of one pattern, its counted repetitions written out. */
const MAX_STEPS = 32_768;
/** Pairs visited by all matches of one pattern: tens of seconds; the 50 000 modules of a large mixture of experts need a tenth. */
const MAX_VISITS = 500_000_000;

/**
 * Compiles a pattern; `file` is how messages name where it stands. FORMAT for what is no pattern, KIND for forms that are not
 * supported, LIMIT for what is too large, and later for what takes too long to match.
 */
export function pythonRegex(pattern: string, file: string, options: { readonly maxVisits?: number } = {}): PythonRegex {
  const maxVisits = options.maxVisits ?? MAX_VISITS;
  const tooLarge = (what: string): LowrankError =>
    new LowrankError("LIMIT", file, `the regular expression ${show(pattern)} ${what}`, { file });
  const budget = {
    visits: 0,
    spend(): void {
      if (++this.visits > maxVisits) throw tooLarge(`takes more than ${maxVisits} steps to match the modules of this base`);
    },
  };
  const program = compile(parseRegex(pattern, file), () => tooLarge(`is more than ${MAX_STEPS} instructions long`));
  const match = (text: string, isWhole: boolean): boolean => {
    const chars = Array.from(text, (c) => c.codePointAt(0)!);
    return run(program, chars, 0, isWhole, budget);
  };
  return {
    pattern,
    matchesWhole: (text) => match(text, true),
    matchesStart: (text) => match(text, false),
  };
}

function compile(root: RegexNode, tooLarge: () => LowrankError): Step[] {
  let total = 0;
  const program = (node: RegexNode): Step[] => {
    const steps: Step[] = [];
    const put = (step: Step): number => {
      if (++total > MAX_STEPS) throw tooLarge();
      return steps.push(step) - 1;
    };
    const emit = (n: RegexNode): void => {
      if (n.kind === "one") put({ do: "one", test: n.test });
      else if (n.kind === "at") put({ do: "at", test: n.test });
      else if (n.kind === "all") n.items.forEach(emit);
      else if (n.kind === "ahead") put({ do: "ahead", program: program(n.item), negated: n.negated });
      else if (n.kind === "any") emitAny(n.items);
      else emitRepeat(n);
    };
    /** split → first, next split; every alternative but the last jumps behind them all. */
    const emitAny = (items: readonly RegexNode[]): void => {
      const jumps: number[] = [];
      for (const item of items.slice(0, -1)) {
        const split = put({ do: "split", to: -1, or: -1 });
        emit(item);
        jumps.push(put({ do: "split", to: -1, or: -1 }));
        steps[split] = { do: "split", to: split + 1, or: steps.length };
      }
      emit(items.at(-1)!);
      for (const j of jumps) steps[j] = { do: "split", to: steps.length, or: steps.length };
    };
    const emitRepeat = ({ item, min, max }: Extract<RegexNode, { kind: "repeat" }>): void => {
      for (let i = 0; i < min; i++) emit(item);
      if (max === Number.POSITIVE_INFINITY) {
        const split = put({ do: "split", to: -1, or: -1 });
        emit(item);
        put({ do: "split", to: split, or: split });
        steps[split] = { do: "split", to: split + 1, or: steps.length };
        return;
      }
      const splits: number[] = [];
      for (let i = min; i < max; i++) {
        splits.push(put({ do: "split", to: -1, or: -1 }));
        emit(item);
      }
      for (const s of splits) steps[s] = { do: "split", to: s + 1, or: steps.length };
    };
    emit(node);
    put({ do: "accept" });
    return steps;
  };
  return program(root);
}

function run(
  program: readonly Step[],
  text: readonly number[],
  start: number,
  isWhole: boolean,
  budget: { spend(): void },
): boolean {
  const width = text.length + 1;
  const seen = new Uint32Array(((program.length * width) >>> 5) + 1);
  const stack = [start]; // pairs, as instruction · width + place; the first instruction is 0
  while (stack.length > 0) {
    const pair = stack.pop()!;
    if ((seen[pair >>> 5]! >>> (pair & 31)) & 1) continue;
    seen[pair >>> 5]! |= 1 << (pair & 31);
    budget.spend();
    const at = pair % width;
    const pc = (pair - at) / width;
    const step = program[pc]!;
    if (step.do === "accept") {
      if (!isWhole || at === text.length) return true;
    } else if (step.do === "split") {
      if (step.or !== step.to) stack.push(step.or * width + at);
      stack.push(step.to * width + at);
    } else if (step.do === "one") {
      if (at < text.length && step.test(text[at]!)) stack.push(pair + width + 1);
    } else {
      const holds = step.do === "at" ? step.test(text, at) : run(step.program, text, at, false, budget) !== step.negated;
      if (holds) stack.push(pair + width);
    }
  }
  return false;
}
