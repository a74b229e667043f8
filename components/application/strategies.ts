/** How the containers of a service are exchanged. On a host, a script with the strategy's name carries it out. */

/** What a strategy may stumble over. */
interface Obstacles {
  /** A port that the service publishes on the host, past the proxy. */
  fixedPort: number | undefined;
  /** An address that it has in a network. */
  fixedAddress: string | undefined;
  /** It takes requests in the network of the host, where a port is there once. */
  hostNetwork?: boolean;
}

interface Rules {
  /** What keeps a service from being deployed that way; undefined if nothing does. */
  problem: (obstacles: Obstacles) => string | undefined;
}

export const STRATEGIES = {
  /** New containers beside the old ones, which stop when the new ones have been verified. */
  rolling: {
    problem: ({ fixedPort, fixedAddress, hostNetwork }) => {
      if (hostNetwork) return 'cannot run two containers at one port of the host (network_mode: host); use "recreate"';
      if (fixedPort !== undefined)
        return `cannot run two containers that publish port ${fixedPort}; remove that port, or use "recreate"`;
      return fixedAddress === undefined
        ? undefined
        : `cannot run two containers with the address ${fixedAddress}; remove that address, or use "recreate"`;
    },
  },
  /** The service may not run twice: requests are held while the new container takes the old one's place. */
  recreate: { problem: () => undefined },
} satisfies Record<string, Rules>;

export type Strategy = keyof typeof STRATEGIES;

export const defaultStrategy = (takesTraffic: boolean, hasVolumes: boolean, obstacles: Obstacles): Strategy =>
  takesTraffic && !hasVolumes && STRATEGIES.rolling.problem(obstacles) === undefined ? "rolling" : "recreate";

/** To be put after the strategy. */
export function strategyProblem(strategy: Strategy, obstacles: Obstacles): string | undefined {
  if (Object.hasOwn(STRATEGIES, strategy)) return STRATEGIES[strategy].problem(obstacles);
  const names = Object.keys(STRATEGIES).map((name) => JSON.stringify(name));
  return `is not a strategy; write ${names.join(" or ")}`;
}
