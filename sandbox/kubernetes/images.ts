/** Whether a node can pull an image: registries are services like others, to which there is a way or not. */
import type { Origin, ServiceCall } from "../aws/reach.ts";
import { whyNoInternet, whyNoService } from "../aws/reach.ts";
import type { World } from "../world.ts";

const PRIVATE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@:]+)/;

/** What a pull from a private registry calls: the login, the manifest, the layers, which lie in a bucket of AWS's behind links that ECR has signed. */
function callsOf([, account = "", region = "", repository = ""]: RegExpExecArray): readonly ServiceCall[] {
  const resource = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
  return [
    { service: "ecr.api", action: "ecr:GetAuthorizationToken", resource: "*" },
    { service: "ecr.api", action: "ecr:GetDownloadUrlForLayer", resource },
    { service: "ecr.dkr", action: "ecr:BatchGetImage", resource },
    {
      service: "s3",
      action: "s3:GetObject",
      resource: `arn:aws:s3:::prod-${region}-starport-layer-bucket/layer`,
      foreign: true,
    },
  ];
}

/** Why the node cannot pull the image; undefined where it can. Public registries have no endpoints. */
export function whyNoPull(world: World, node: Origin, image: string): string | undefined {
  const own = PRIVATE.exec(image);
  if (!own || own[2] !== node.region) {
    const offline = whyNoInternet(world, node);
    return offline && `${image.split("/")[0] ?? image} is on the internet, and ${offline}`;
  }
  return callsOf(own)
    .map((call) => whyNoService(world, node, call))
    .find((why) => why !== undefined);
}

/** Why the Pod Identity agent on a node gets no credentials for pods; undefined where it does. */
export function whyNoPodIdentity(world: World, node: Origin, clusterArn: string): string | undefined {
  return whyNoService(world, node, {
    service: "eks-auth",
    action: "eks-auth:AssumeRoleForPodIdentity",
    resource: clusterArn,
  });
}
