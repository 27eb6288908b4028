// Native libraries behind Python: native.py measures by its own clock, step by step in turn with the contestants of this process.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Contestant } from "../bench.ts";
import type { Operations } from "../operations.ts";
import type { Peer } from "../peers/peer.ts";
import type { Skip } from "../rows.ts";

const script = fileURLToPath(new URL("./native.py", import.meta.url));

interface Answer {
  readonly peers?: { readonly name: string; readonly version: string; readonly build: string }[];
  readonly skips?: Skip[];
  readonly id?: number;
  readonly skip?: string;
  readonly seconds?: number;
  /** `null` is not a number. */
  readonly error?: number | null;
}

/** One Python; questions are answered in their order. */
class Python {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor(program: string, threads: number) {
    const count = String(threads);
    const env = { ...process.env, OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count };
    this.#child = spawn(program, ["-u", script], { env, stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout }).on("line", (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer),
    );
    const ended = (error: Error): void => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#child.on("error", ended).on("exit", (code) => ended(new Error(`${program} ended with ${code}`)));
  }

  ask(question: Readonly<Record<string, unknown>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  stop(): void {
    this.#child.stdin.end();
  }
}

/** The native peers that are there. */
export async function nativePeers(threads: number): Promise<{ peers: Peer[]; skips: Skip[] }> {
  const program = process.env.PYTHON ?? "/usr/bin/python3";
  const lacking = (why: string) => ({ peers: [], skips: [{ what: "native libraries", why }] });
  if (!existsSync(program))
    return lacking(`${program} is not there: apt-get install python3-numpy libopenblas0-pthread, or set PYTHON`);
  const python = new Python(program, threads);
  try {
    const { peers = [], skips = [] } = await python.ask({ op: "who" });
    return {
      peers: peers.map((peer) => ({
        ...peer,
        threads,
        operations: operations(python, peer.name, threads),
        close: () => python.stop(),
      })),
      skips,
    };
  } catch {
    return lacking(`${program} has no numpy: apt-get install python3-numpy libopenblas0-pthread`);
  }
}

/** How torch merges: in place at once, as PEFT writes it, and with the sums in f32. */
const torchWays = {
  f32: ["addmm_", "PEFT's expression"],
  bf16: ["addmm_", "PEFT's expression", "f32 compute"],
  f16: ["f32 compute"],
} as const;

function operations(python: Python, peer: string, threads: number): Operations {
  /** Operands never come here, so neither does the result. */
  const prepare = async <R>(question: Readonly<Record<string, unknown>>, note = ""): Promise<Contestant<R> | undefined> => {
    const { id, skip } = await python.ask({ op: "prepare", peer, threads, ...question });
    if (id === undefined) {
      if (skip !== "it has no such operation") throw new Error(skip);
      return undefined;
    }
    const seconds = async (count: number): Promise<number> => checked(await python.ask({ op: "sample", id, count }), "seconds");
    return {
      note,
      step: () => seconds(1),
      result: () => Promise.reject(new Error("the result stays in Python")),
      sample: seconds,
      error: async () => checked(await python.ask({ op: "error", id }), "error"),
      [Symbol.dispose]: () => void python.ask({ op: "drop", id }),
    };
  };
  return {
    gemm: ({ dtype, m, n, k, transB }) => prepare({ work: "gemm", dtype, transB, point: { m, n, k } }),
    gemv: ({ dtype, m, n }) => prepare({ work: "gemv", dtype, point: { m, n } }),
    async update({ stored, m, n, r, scale }) {
      const question = { work: "update", stored, scale, point: { m, n, r } };
      if (peer !== "torch") return prepare(question);
      const ways = await Promise.all(torchWays[stored].map((way) => prepare<Uint8Array>({ ...question, way }, way)));
      return ways.filter((way) => way !== undefined);
    },
    randomizedSvd: ({ rows, cols }, rank, low) => prepare({ work: "randomizedSvd", rank, low, point: { rows, cols } }),
    productSvd: ({ n, rank }) => prepare({ work: "productSvd", point: { n, rank } }),
    syrk: ({ dtype, n, k }) => prepare({ work: "syrk", dtype, point: { n, k } }),
    trsm: ({ dtype, n, count }) => prepare({ work: "trsm", dtype, point: { n, count } }),
    cholesky: ({ dtype, n, count }) => prepare({ work: "cholesky", dtype, point: { n, count } }),
    solve: ({ dtype, n, count }) => prepare({ work: "solve", dtype, point: { n, count } }),
    eigh: ({ dtype, n, count }) => prepare({ work: "eigh", dtype, point: { n, count } }),
    svd: ({ dtype, rows, cols }) => prepare({ work: "svd", dtype, point: { rows, cols } }),
    svdJacobi: ({ dtype, rows, cols }, graded) => prepare({ work: "svdJacobi", dtype, graded, point: { rows, cols } }, "gesvj"),
  };
}

function checked(answer: Answer, field: "seconds" | "error"): number {
  const value = answer[field];
  if (value === undefined) throw new Error(answer.skip ?? `Python did not tell ${field}`);
  return value ?? Number.NaN;
}
