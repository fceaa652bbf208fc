/** The parts of an endpoint service's name, `com.amazonaws.vpce.<region>.vpce-svc-<id>`. */
export interface EndpointServiceName {
  readonly region: string;
  /** `vpce-svc-0123456789abcdef0` */
  readonly serviceId: string;
}

const SERVICE_NAME = /^com\.amazonaws\.vpce\.([a-z]{2}(?:-[a-z]+)+-\d)\.(vpce-svc-[0-9a-f]{17})$/;

/** Undefined where the text is not the name of an endpoint service. */
export function parseServiceName(text: string): EndpointServiceName | undefined {
  const [, region, serviceId] = SERVICE_NAME.exec(text) ?? [];
  return region !== undefined && serviceId !== undefined ? { region, serviceId } : undefined;
}

export const SERVICE_NAME_EXAMPLE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";

/** One entry of an endpoint's DNS names, as `aws.ec2.getVpcEndpoint` lists them. */
export interface DnsEntry {
  readonly dnsName: string;
}

/**
 * The endpoint's regional name.
 *
 * A zonal name carries the AZ's name behind the endpoint's own label (`vpce-0…-a1b2c3d4-us-east-1a.vpce-svc-…`) and answers from one AZ only;
 * the order of the entries is not promised, so the regional one is found by its form.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
 */
export function regionalHost(entries: readonly DnsEntry[]): string | undefined {
  return entries.map(({ dnsName }) => dnsName).find((name) => /^vpce-[0-9a-f]+(-[0-9a-z]{8})?\.vpce-svc-/.test(name));
}

/** An endpoint's names as AWS lists them now. */
export interface NamedEndpoint {
  readonly dnsEntries: readonly DnsEntry[];
  readonly privateDnsEnabled?: boolean;
}

/** The host for clients in the endpoint's VPC: its service's own name, where it answers to it, else its regional one. */
export function clientHost(
  { dnsEntries, privateDnsEnabled = false }: NamedEndpoint,
  privateName: string | undefined,
): string | undefined {
  const regional = regionalHost(dnsEntries);
  return regional !== undefined && privateDnsEnabled && privateName !== undefined ? privateName : regional;
}
