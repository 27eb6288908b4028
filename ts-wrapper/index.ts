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
export { type Eigenvalues, type Eigh, type EighMethod, type EighOptions, eigh } from "./linalg/eigh.ts";
export { type EigenvaluesBatch, type EighBatch, type EighBatchedOptions, eighBatched } from "./linalg/eigh-batched.ts";
export { type GemmOptions, gemm } from "./linalg/gemm.ts";
export { type GemvOptions, gemv } from "./linalg/gemv.ts";
export type { Matrix } from "./linalg/matrix.ts";
export { type NormKind, norm } from "./linalg/norms.ts";
export { type Qr, qr } from "./linalg/qr.ts";
export { type RandomizedSvd, type RandomizedSvdOptions, randomizedSvd } from "./linalg/randomized-svd.ts";
export { type SingularValues, type Svd, type SvdMethod, type SvdOptions, svd } from "./linalg/svd.ts";
export { type SingularValuesBatch, type SvdBatch, type SvdBatchedOptions, svdBatched } from "./linalg/svd-batched.ts";
export { type MergeRequest, mergeAdapters } from "./merge-adapters.ts";
