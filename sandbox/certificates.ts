/** What a client makes of the certificate that it is shown. */
import { X509Certificate } from "node:crypto";

/** What a client verifies by. */
export interface Verification {
  /** The name that the certificate must cover. */
  readonly name: string;
  /** PEM of the only authorities that it believes; without any, those that everybody believes. */
  readonly bundle?: string | undefined;
}

/** What a host shows. */
export interface Shown {
  readonly certificateNames?: readonly string[] | undefined;
  /** PEM of who signed it; without, an authority that everybody believes. */
  readonly signedBy?: string | undefined;
}

/** Why a client turns away; undefined where it does not. */
export function whyDistrusted({ certificateNames = [], signedBy }: Shown, client: Verification): string | undefined {
  if (!certificateNames.some((name) => covers(name, client.name)))
    return `is for ${certificateNames.join(", ") || "no name"}, not for ${client.name}`;
  if (signedBy === undefined)
    return client.bundle === undefined
      ? undefined
      : "is signed by a public authority, which is none of those in the client's bundle";
  if (client.bundle === undefined)
    return "is signed by an authority that only its owner knows, and the client has no bundle";
  const known = new Set(fingerprints(client.bundle));
  return fingerprints(signedBy).some((one) => known.has(one))
    ? undefined
    : "is signed by an authority that is none of those in the client's bundle";
}

/** A star stands for exactly one label. */
export const covers = (certificateName: string, host: string): boolean =>
  certificateName.startsWith("*.")
    ? host.slice(host.indexOf(".")) === certificateName.slice(1)
    : host === certificateName;

/** Of what is a certificate; the rest of a file is passed over, as clients do. */
const fingerprints = (pem: string): string[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).flatMap((one) => {
    try {
      return [new X509Certificate(one).fingerprint256];
    } catch {
      return [];
    }
  });
