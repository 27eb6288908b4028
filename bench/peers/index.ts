import { describe } from "../describe.ts";
import type { Skip } from "../rows.ts";
import { takesPart } from "../task.ts";
import { emlapack } from "./emlapack.ts";
import { mlMatrix } from "./ml-matrix.ts";
import { numeric } from "./numeric.ts";
import { numpyTs } from "./numpy-ts.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import type { Peer, PeerDefinition, PeerOptions } from "./peer.ts";
import { svdJs } from "./svd-js.ts";
import { tfjs } from "./tfjs.ts";

/** Every peer from npm. */
export const definitions: readonly PeerDefinition[] = [tfjs, onnxruntimeWeb, numpyTs, mlMatrix, svdJs, numeric, emlapack];

/** Those of the wanted that start here, and why the others do not. */
export async function startPeers(wanted: readonly string[], options: PeerOptions): Promise<{ peers: Peer[]; skips: Skip[] }> {
  const peers: Peer[] = [];
  const reasons = new Map<string, string[]>();
  for (const definition of definitions.filter(({ name }) => takesPart(name, wanted))) {
    try {
      peers.push(await definition.start(options));
    } catch (error) {
      const why = describe(error);
      reasons.set(why, [...(reasons.get(why) ?? []), definition.name]);
    }
  }
  return { peers, skips: [...reasons].map(([why, names]) => ({ what: names.join(", "), why })) };
}
