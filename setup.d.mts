// For TypeScript that imports setup.mjs, which is plain JavaScript because it runs before anything is installed.
export function atLeast(version: string, needed: string): boolean;
export function nodeSuits(version: string): boolean;
export function nodeBinary(): string | undefined;
export function toolchainPath(): string[];
export function toolchainEnvironment(...more: string[]): NodeJS.ProcessEnv;
export function missing(): string[];
export function execute(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number>;
