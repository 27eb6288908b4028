export { createEngine, type EngineOptions, type WasmInput } from "./engine/create.ts";
export type { Engine, EngineFeatures, Floats, Resident, Scope } from "./engine/engine.ts";
export { type ErrorCode, errorCodes, LowrankError } from "./engine/errors.ts";
