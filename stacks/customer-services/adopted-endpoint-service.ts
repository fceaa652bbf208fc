/** An endpoint service that stands and is taken over. */
import * as aws from "@pulumi/aws";
import type { AdoptedEndpointService } from "../../components/privatelink/adopted.ts";
import { consentProblems, differenceProblems } from "../../model/adoption-check.ts";
import { found } from "../lookup.ts";
import { type Found, type Wish, known, otherStands, placeOf } from "./adoption-wish.ts";
import { admittedTo } from "./config.ts";

export async function endpointServiceOf(
  wish: Wish,
  id: string,
  loadBalancerArn: string,
): Promise<Found<AdoptedEndpointService>> {
  const { stack, key, service, config, region, built } = wish;
  const property = `corpai:services.${key}.adopt.endpointServiceId`;
  if (built?.serviceId !== undefined && built.serviceId !== id)
    return { problems: [otherStands({ stack, property }, id, built.serviceId)] };
  const standing = await found(aws.ec2.getVpcEndpointService({ serviceName: `com.amazonaws.vpce.${region}.${id}` }));
  if (!standing) {
    const wayOut = "Check the id, aws:allowedAccountIds and aws:region.";
    return {
      problems: [{ stack, property, given: id, allowed: "an endpoint service of this account and region", wayOut }],
    };
  }
  const adopted = { id, tags: standing.tags };
  const read = aws.ec2.VpcEndpointService.get(`${key}-as-it-is`, id);
  const [balancers, principals] = await Promise.all([
    known(read.networkLoadBalancerArns),
    known(read.allowedPrincipals),
  ]);
  if (built?.serviceId === id) return { adopted, problems: [] };
  return {
    adopted,
    problems: [
      ...consentProblems(placeOf(wish), id, standing.tags),
      ...differenceProblems(placeOf(wish), id, [
        {
          key: "adopt.loadBalancerArn",
          file: [loadBalancerArn],
          real: balancers ?? [],
          instead: "Name the load balancer in front of which it stands.",
        },
        { key: "acceptanceRequired", file: service.acceptanceRequired, real: standing.acceptanceRequired },
        { key: "principals", file: admittedTo(service, config.principals), real: principals },
      ]),
    ],
  };
}
