/** How clients of a service make sure that it is the service: by its server name, and by whom they believe. */
import type { AcrossService, CustomerServicesFacts } from "./environment-facts.ts";
import { certificateCovers, isCertificate } from "./host-names.ts";

/** What the service's owner says of its certificate. */
export interface ServiceTls {
  /** The name that it is for. */
  readonly serverName: string;
  /** PEM of who signed it; not given where a public authority did. */
  readonly caBundle?: string | undefined;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a bundle. */
export const certificatesIn = (bundle: string): readonly string[] => bundle.match(CERTIFICATE) ?? [];

/** Whether a bundle is certificates, at least one, and nothing that is none. */
export function isBundle(bundle: string): boolean {
  const certificates = certificatesIn(bundle);
  return certificates.length > 0 && certificates.every(isCertificate) && bundle.replace(CERTIFICATE, "").trim() === "";
}

/** Whether nobody who believes a bundle alone can ever talk to a name: it holds no authority, and no certificate for that name. */
export const shutsOut = ({ serverName, caBundle }: ServiceTls): boolean =>
  caBundle !== undefined && certificatesIn(caBundle).every((one) => certificateCovers(one, serverName) === false);

/** What the files of either side say of the certificate of a registered service; undefined where it speaks no TLS that anybody told of. */
export function tlsOf(
  service: AcrossService,
  { customerServices }: { readonly customerServices: readonly CustomerServicesFacts[] },
): ServiceTls | undefined {
  if ("serviceName" in service) return service.tls;
  return customerServices.find(({ stack }) => stack === service.fromStack)?.services[service.key]?.tls;
}

/** Where a server's pods find certificate bundles of its connections. */
export const BUNDLES_FOLDER = "/etc/corpai/connections";
export const bundleFile = (connection: string): string => `${connection}.pem`;
export const bundlePath = (connection: string): string => `${BUNDLES_FOLDER}/${bundleFile(connection)}`;
