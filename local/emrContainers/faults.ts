/**
 * What tests let go wrong here as it does on AWS: `PUT /local/faults` replaces all faults, `{}` removes them. Processes need
 * no fault: a test ends an executor, a node (its worker) or the driver as the kernel or AWS would.
 */
import { AwsError } from "./awsError.ts";

export interface Faults {
  /** Instance types that AWS has no capacity for: a node group of these alone ends as CREATE_FAILED. */
  readonly noCapacity?: readonly string[];
  /** The next so many jobs have executors whose cache is this part of their heap (Spark's own setting is 0.6). */
  readonly smallCache?: { readonly memoryFraction: number; readonly jobs: number };
}

export interface FaultBox {
  /** @throws AwsError */
  replace(body: string): void;
  hasCapacity(instanceTypes: readonly string[]): boolean;
  /** spark.memory.fraction of the next job, if it is to be another than what the job asks for. */
  memoryFraction(): number | undefined;
}

export function faultBox(): FaultBox {
  let faults: Faults = {};
  return {
    replace(body) {
      try {
        faults = JSON.parse(body);
      } catch {
        throw new AwsError("SerializationException", 400, "The request's body is no JSON.");
      }
    },
    hasCapacity: (instanceTypes) => {
      const { noCapacity = [] } = faults;
      return instanceTypes.length === 0 || instanceTypes.some((type) => !noCapacity.includes(type));
    },
    memoryFraction() {
      const { smallCache } = faults;
      if (smallCache === undefined || smallCache.jobs < 1) return undefined;
      faults = { ...faults, smallCache: { ...smallCache, jobs: smallCache.jobs - 1 } };
      return smallCache.memoryFraction;
    },
  };
}
