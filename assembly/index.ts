// The export table: one line for each concrete kernel, and nothing else.
export { heap_base, features } from "./core/status";
