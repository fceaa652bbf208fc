/** ECR: repositories, and the images that somebody's pipeline pushes into them as soon as they exist. */
import type { CheckFailure, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, records, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { keyForGrants } from "./kms.ts";
import { arn, inPlace } from "./network.ts";

export const REPOSITORY = "aws:ecr/repository:Repository";

/** Digests of the images in a repository. */
export const imagesIn = (world: World, { id }: WorldObject): readonly string[] => world.facts.pushes?.[id] ?? [];

export interface ImageReference {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly digest: string | undefined;
  readonly tag: string | undefined;
}

/** The parts of an image of a private registry; undefined for any other. */
export function imageReference(uri: string): ImageReference | undefined {
  const [, account, region, repository, tag, digest] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      uri,
    ) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return { account, region, repository, digest, tag };
}

/** Whether an image is there. Tags are nobody's promise: the sandbox's pipelines push by digest. */
export function hasImage(world: World, { account, region, repository, digest }: ImageReference): boolean {
  const found = world.get(REPOSITORY, repository, account);
  return found?.region === region && digest !== undefined && imagesIn(world, found).includes(digest);
}

const repository: ResourceModel = {
  type: REPOSITORY,
  arguments: {
    name: { replace: true },
    encryptionConfigurations: { replace: true },
    forceDelete: {},
    imageScanningConfiguration: {},
    imageTagMutability: { default: "MUTABLE" },
    tags: {},
  },
  autoname: { property: "name", limit: 256 },
  computed: ["arn", "region", "registryId", "repositoryUrl"],
  check({ name, imageTagMutability }) {
    const failures: CheckFailure[] = [];
    const wanted = text(name);
    if (wanted !== undefined && !/^(?=.{2,256}$)[a-z0-9]+(?:[._/-][a-z0-9]+)*$/.test(wanted))
      failures.push([
        "name",
        `invalid value for name: a repository is named by lower-case letters, digits and ._/-: ${wanted}`,
      ]);
    const mutability = text(imageTagMutability);
    if (mutability !== undefined && !["MUTABLE", "IMMUTABLE"].includes(mutability))
      failures.push(["imageTagMutability", `expected one of ["MUTABLE" "IMMUTABLE"], got ${mutability}`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.all(REPOSITORY, (one) => inPlace(context)(one) && one.id === name).length > 0)
      throw new Refusal(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${caller.account}'`,
      );
    const key = text(records(inputs.encryptionConfigurations)[0]?.kmsKey);
    if (key !== undefined && !keyForGrants(context, key, "ecr"))
      throw new Refusal("KmsException", `Access denied to the customer managed key ${key}`);
    return {
      id: name,
      computed: {
        arn: arn("ecr", caller, `repository/${name}`),
        registryId: caller.account,
        repositoryUrl: `${caller.account}.dkr.ecr.${caller.region}.amazonaws.com/${name}`,
        region: caller.region,
      },
    };
  },
  update: () => ({}),
  remove(object, { world }) {
    if (imagesIn(world, object).length > 0 && !flag(object.inputs.forceDelete))
      throw new Refusal(
        "RepositoryNotEmptyException",
        `The repository with name '${object.id}' in registry with id '${object.account}' cannot be deleted because it still contains images`,
      );
  },
  seconds: { create: 1, delete: 1 },
  calls: {
    arn: "ecr:repository/{name}",
    create: [["ecr:CreateRepository", "self"]],
    read: [
      ["ecr:DescribeRepositories", "self"],
      ["ecr:ListTagsForResource", "self"],
    ],
    update: {
      imageTagMutability: [["ecr:PutImageTagMutability", "self"]],
      imageScanningConfiguration: [["ecr:PutImageScanningConfiguration", "self"]],
      // The provider's own.
      ...each(["forceDelete"]),
    },
    delete: [["ecr:DeleteRepository", "self"]],
  },
};

export const ecrModels: readonly ResourceModel[] = [repository];
