/** `inline.ts` imports a module as bytes; the build puts them in. */
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
