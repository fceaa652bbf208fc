/** What stands already and is taken over: as AWS shows it, so that taking it over changes nothing. */
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface AdoptedTargetGroup {
  readonly arn: string;
  readonly name: string;
  /** Its default port, which AWS never changes. */
  readonly port: number;
  /** Thresholds, intervals and timeout of its health checks, which the file says nothing of. */
  readonly healthCheckTimes: {
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly interval: number;
    readonly timeout: number;
    readonly matcher: string;
  };
  readonly deregistrationDelay: number;
  readonly tags: Tags;
}

/** One listener, with where it forwards to. */
export interface AdoptedListener {
  readonly arn: string;
  readonly tags: Tags;
  readonly targetGroup: AdoptedTargetGroup;
}

export interface AdoptedLoadBalancer {
  readonly arn: string;
  readonly name: string;
  /** Its groups and their rules stay the customer's own. */
  readonly securityGroupIds: readonly string[];
  readonly tags: Tags;
  /** Listeners by port; one that does not stand yet is built. */
  readonly listeners: ReadonlyMap<number, AdoptedListener>;
}

export interface AdoptedEndpointService {
  readonly id: string;
  readonly tags: Tags;
}

/** Options of a resource that is taken over: read once into the state, and left standing whenever it leaves that again. */
export const takenOver = (id: string | undefined): pulumi.CustomResourceOptions =>
  id === undefined ? {} : { import: id, retainOnDelete: true };
