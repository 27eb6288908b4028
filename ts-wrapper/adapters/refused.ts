import { LowrankError } from "../engine/errors.ts";
import { show } from "../io/show.ts";

/**
 * Kinds of adapter that PEFT has and that are not merged here, by `peft_type`, each with the reason. Some change no weight, so nothing
 * can be merged; of the others the merge is another one than that of LoRA.
 */
export const refusedKinds: Readonly<Record<string, string>> = {
  ADALORA: "its change is B·(E∘A) with ranks that training has pruned",
  ADAMSS: "it changes W within subspaces of its own decomposition",
  ADAPTION_PROMPT: "it adds prompts to attention, no change of weights",
  BEFT: "it trains biases that the layers of the base may not have",
  BOFT: "it turns W by butterfly factors, W′ = R·W",
  BONE: "it adds blocks that are shared along the inputs",
  C3A: "its change is a block-circular convolution",
  CARTRIDGE: "it holds a key and value cache, no change of weights",
  CPT: "it holds prompt tokens, no change of weights",
  DEFT: "it removes a projection from W before it adds to it",
  DELORA: "its change is normalised by norms of W and of each component",
  FOURIERFT: "its change is a Fourier transform of few coefficients",
  FROD: "it stores sparse coefficients over a basis that is shared by the layers",
  GLORA: "it scales W and adds to it, and does the same with the bias",
  GRALORA: "its factors are for blocks of W, each with its own pair",
  HIRA: "its change is W∘(B·A)",
  HRA: "it reflects W by Householder vectors",
  IA3: "it scales rows or columns of W",
  LILY: "its factors are shared between layers and mixed by a router",
  LN_TUNING: "it replaces norms; the format holds whole tensors under another layout",
  LOHA: "its change is the elementwise product of two low-rank matrices",
  LOKR: "its change is a Kronecker product",
  MISS: "it adds blocks that are shared along the inputs",
  MULTITASK_PROMPT_TUNING: "it holds prompt tokens, no change of weights",
  OFT: "it turns W by a block-diagonal rotation, W′ = W·Rᵀ",
  OSF: "it stores the singular value decomposition of W",
  P_TUNING: "it holds a prompt encoder, no change of weights",
  PEANUT: "its change is a network applied to W",
  POLY: "it mixes several adapters by task, so no single set of weights is equal to it",
  PREFIX_TUNING: "it holds a prefix of keys and values, no change of weights",
  PROMPT_TUNING: "it holds prompt tokens, no change of weights",
  PSOFT: "its change is B·(R − I)·A with factors taken from W",
  PVERA: "its factors are random, shared, and scaled by vectors that are sampled",
  RANDLORA: "its change is a sum over a random basis",
  ROAD: "it turns and scales pairs of outputs",
  SHIRA: "its change is sparse",
  SUPERTUNING: "its change is sparse, with a low-rank part beside it",
  TINYLORA: "its change is a small vector projected through random tensors",
  TRAINABLE_TOKENS: "it replaces rows of embeddings under another layout than LoRA's trainable_token_indices",
  UNILORA: "its factors are gathered from one vector for the whole model",
  VBLORA: "its factors are mixed from a bank of vectors",
  VERA: "its factors are random, shared, and scaled by vectors",
  WAVEFT: "its change is a wavelet transform of few coefficients",
  XLORA: "it mixes several adapters for every token, so no single set of weights is equal to it",
};

/** KIND for a `peft_type` that is no registered kind: with the reason where it is one of PEFT's. */
export function refuseKind(peftType: string, mergeable: readonly string[], file: string): LowrankError {
  const known = Object.hasOwn(refusedKinds, peftType);
  const what = known ? `which is not merged: ${refusedKinds[peftType]}` : "which is not known here";
  const text = `peft_type is ${show(peftType)}, ${what}; ${mergeable.join(", ")} can be merged`;
  return new LowrankError("KIND", file, text, { file });
}
