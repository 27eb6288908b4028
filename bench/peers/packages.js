// @ts-nocheck: the packages are there only after `npm install` in this folder
/** Literal imports, so that a bundler finds those that are installed. @type {Readonly<Record<string, () => Promise<any>>>} */
export const packages = {
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
  "@tensorflow/tfjs-backend-wasm": () => import("@tensorflow/tfjs-backend-wasm"),
  emlapack: () => import("emlapack"),
  "ml-matrix": () => import("ml-matrix"),
  numeric: () => import("numeric"),
  "numpy-ts": () => import("numpy-ts"),
  "onnxruntime-web": () => import("onnxruntime-web/wasm"),
  "svd-js": () => import("svd-js"),
};
