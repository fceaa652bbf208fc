import type { SandboxClient, WorldObject } from "../sandbox/client.ts";
import type { Environment } from "../stacks/environment.ts";
import type { Engine } from "./engine.ts";
import { type LookUp, couldBe, fatesOf } from "./pending-creates.ts";
import { ownedKey } from "./pulumi-state.ts";

/** Finds in the sandbox's world what programs have made of an environment, and no stack knows of. */
export class SandboxLookUps {
  readonly #environment: Environment;
  readonly #engine: Engine;
  readonly #sandbox: SandboxClient;

  constructor(environment: Environment, engine: Engine, sandbox: SandboxClient) {
    this.#environment = environment;
    this.#engine = engine;
    this.#sandbox = sandbox;
  }

  /** For the creates of one stack. */
  of(stack: string): LookUp {
    const accounts = this.#environment.stacks.find(({ name }) => name === stack)?.aws.allowedAccountIds ?? [];
    return async (creates) => {
      const fitting = (await this.#objects()).filter(
        (object) =>
          // Two customers may well use the same names. A Kubernetes object's account is its API server.
          (accounts.includes(object.account) || object.type.startsWith("kubernetes:")) &&
          creates.some((create) => couldBe(create, object)),
      );
      return fatesOf(creates, fitting, await this.#ownedIf(fitting.length > 0));
    };
  }

  /** Whether there is anything that whoever asked for it has never heard of, and that no stack has. */
  async anythingLost(): Promise<boolean> {
    const unheard = (await this.#objects()).filter((object) => object.unheard === true);
    const owned = await this.#ownedIf(unheard.length > 0);
    return unheard.some(({ type, id }) => !owned.has(ownedKey(type, id)));
  }

  async #objects(): Promise<readonly WorldObject[]> {
    return (await this.#sandbox.world(this.#environment.name)).objects;
  }

  /** Asking every stack what it has takes a while. */
  async #ownedIf(needed: boolean): Promise<ReadonlySet<string>> {
    if (!needed) return new Set();
    const own = [...(await this.#engine.stacks())].filter((stack) => stack.split(".")[1] === this.#environment.name);
    return new Set((await Promise.all(own.map((stack) => this.#engine.owned(stack)))).flat());
  }
}
