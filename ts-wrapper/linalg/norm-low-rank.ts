import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import type { LowRank } from "./operator.ts";
import { svdLowRank } from "./svd-low-rank.ts";
import { leftOut } from "./truncate.ts";

/**
 * A norm of s·B·A or of Σ sᵢ·Bᵢ·Aᵢ without forming it: `frobenius` √(Σ σ²), `spectral` σ₁. Off by a small multiple of
 * max(m, n, r)·u·Σ ‖sᵢBᵢ‖‖Aᵢ‖: the trace of Gram matrices would be right to the root of that alone. Throws as `svdLowRank`.
 */
export function normLowRank<F extends Floats>(
  engine: Engine,
  terms: LowRank<F> | readonly LowRank<F>[],
  kind: "frobenius" | "spectral" = "frobenius",
): number {
  if (kind !== "frobenius" && kind !== "spectral") {
    throw new LowrankError("USAGE", "normLowRank", `kind is ${JSON.stringify(kind)}, one of frobenius, spectral was needed`);
  }
  return leftOut(svdLowRank(engine, terms, { vectors: "none" }).s, 0)[kind];
}
