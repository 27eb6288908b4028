// The library. Nothing here depends on a package, and nothing is imported that only one runtime has.
export type { Adapter, AdapterKind, Edit, FactorView, StoredTensor } from "./adapters/adapter.ts";
export { adapterKinds } from "./adapters/index.ts";
export { type AdapterInput, openAdapter } from "./adapters/load.ts";
export type {
  MergeJob,
  MergeOptions,
  MergePhase,
  MergeProgress,
  MergeRunOptions,
  OutputDtype,
  WeightedAdapter,
} from "./adapters/merge/options.ts";
export { type MergePlan, planMerge } from "./adapters/merge/plan.ts";
export type { AdapterReport, EditReport, FileReport, MergeReport, TensorAction, TensorReport } from "./adapters/merge/report.ts";
export { type VerifyReport, type VerifyRequest, verifyMerge } from "./adapters/merge/verify.ts";
export { createEngine, type EngineOptions, type WasmInput } from "./engine/create.ts";
export type { Build, Engine, EngineFeatures, Floats, Resident, Scope } from "./engine/engine.ts";
export { type ErrorCode, errorCodes, LowrankError } from "./engine/errors.ts";
export { type Features, type Finding, probe, type Runtime } from "./engine/features.ts";
export { version } from "./engine/version.gen.ts";
export type { FileSink, FolderSink } from "./io/byte-sink.ts";
export type { ByteSource } from "./io/byte-source.ts";
export { type Dtype, dtypes } from "./io/dtype.ts";
export { type MemoryFolder, memoryFolder } from "./io/memory-sink.ts";
export type { Model, Shard, SideFile, TensorInfo } from "./io/model.ts";
export { type ModelInput, openModel } from "./io/open-model.ts";
export type { SinkInput } from "./io/open-sink.ts";
export type { MatrixBatch } from "./linalg/batch.ts";
export { type Certificate, certifyEigh, certifyQr, certifySvd } from "./linalg/certify.ts";
export { cholesky } from "./linalg/cholesky.ts";
export { cond } from "./linalg/cond.ts";
export { type Eigenvalues, type Eigh, type EighMethod, type EighOptions, eigh } from "./linalg/eigh.ts";
export { type EigenvaluesBatch, type EighBatch, type EighBatchedOptions, eighBatched } from "./linalg/eigh-batched.ts";
export { type GemmOptions, gemm } from "./linalg/gemm.ts";
export { type GemvOptions, gemv } from "./linalg/gemv.ts";
export {
  type IncrementalSvd,
  type IncrementalSvdOptions,
  type IncrementalSvdResult,
  incrementalSvd,
} from "./linalg/incremental-svd.ts";
export { type Lstsq, lstsq } from "./linalg/lstsq.ts";
export { type Lu, lu } from "./linalg/lu.ts";
export type { Matrix, MatrixOrder } from "./linalg/matrix.ts";
export { normLowRank } from "./linalg/norm-low-rank.ts";
export { type NormKind, norm } from "./linalg/norms.ts";
export { nullSpace } from "./linalg/null-space.ts";
export {
  type LinearOperator,
  type LowRank,
  operatorOf,
  type RowSource,
  type StreamedOperator,
  type StreamedTerm,
  streamedOperatorOf,
  type Term,
} from "./linalg/operator.ts";
export { pinv } from "./linalg/pinv.ts";
export { type Polar, polar } from "./linalg/polar.ts";
export { type Qr, type QrOptions, qr } from "./linalg/qr.ts";
export { type RandomizedSvd, type RandomizedSvdOptions, randomizedSvd } from "./linalg/randomized-svd.ts";
export { randomizedSvdStreamed, type StreamedSvdOptions } from "./linalg/randomized-svd-streamed.ts";
export { type RankOptions, rank } from "./linalg/rank.ts";
export { type SinglePassOptions, type SinglePassSvd, singlePassSvd } from "./linalg/single-pass-svd.ts";
export { type SolveOptions, solve } from "./linalg/solve.ts";
export { type SingularValues, type Svd, type SvdMethod, type SvdOptions, svd } from "./linalg/svd.ts";
export { type SingularValuesBatch, type SvdBatch, type SvdBatchedOptions, svdBatched } from "./linalg/svd-batched.ts";
export { type LowRankSvd, type LowRankValues, type SvdLowRankOptions, svdLowRank } from "./linalg/svd-low-rank.ts";
export { type SyrkOptions, syrk } from "./linalg/syrk.ts";
export type { TriangularOptions, Uplo } from "./linalg/triangular.ts";
export { trmm } from "./linalg/trmm.ts";
export { trsm } from "./linalg/trsm.ts";
export { type Decomposed, type Truncated, type Truncation, type TruncationError, truncate } from "./linalg/truncate.ts";
export { type Part, transpose, view } from "./linalg/view.ts";
export { type MergeRequest, mergeAdapters } from "./merge-adapters.ts";
export { dequantize } from "./quant/dequantize.ts";
export { type QuantizedProductOptions, quantizedGemm, quantizedGemv } from "./quant/products.ts";
export type { Activations, NestedScales, QuantizedMatrix, QuantizeOptions, QuantTypeName } from "./quant/quant-type.ts";
export { quantize } from "./quant/quantize.ts";
export { type ResidentQuantized, uploadQuantized } from "./quant/resident.ts";
