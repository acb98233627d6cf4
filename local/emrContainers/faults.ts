/**
 * What tests let go wrong here as it does on AWS: `PUT /local/faults` replaces all faults, `{}` removes them, `GET` shows what
 * is left of them. Processes need no fault: a test ends an executor, a node (its worker) or the driver as the kernel or AWS would.
 */
import { z } from "zod";
import { AwsError, validationError } from "./awsError.ts";

const faultyOperations = [
  "StartJobRun",
  "DescribeJobRun",
  "CreateNodegroup",
  "DescribeNodegroup",
  "DeleteNodegroup",
] as const;
export type FaultyOperation = (typeof faultyOperations)[number];

const count = z.int().min(0);

const schema = z.strictObject({
  /** Instance types that AWS has no capacity for: a node group of these alone ends as CREATE_FAILED. */
  noCapacity: z.array(z.string()).readonly().optional(),
  /** The next so many jobs have executors whose cache is this part of their heap (Spark's own setting is 0.6). */
  smallCache: z.strictObject({ memoryFraction: z.number().positive().max(1), jobs: count }).optional(),
  /** The next so many requests of each operation are refused because there are too many. */
  throttled: z.partialRecord(z.enum(faultyOperations), count).optional(),
  /** The next so many requests of each operation are taken and executed, but their connection is cut before the answer. */
  lostAnswers: z.partialRecord(z.enum(faultyOperations), count).optional(),
  /** Node groups are CREATING for so long after they were asked for. */
  pendingSeconds: z.number().min(0).optional(),
  /** The workers and executors of the next so many jobs are let run for this part of the time only. */
  slowNodes: z.strictObject({ share: z.number().positive().max(1), jobs: count }).optional(),
  /** On a Kubernetes cluster, the executor pods of the next so many jobs may use so much memory, and use more. */
  tightPods: z.strictObject({ memoryMiB: count, jobs: count }).optional(),
});

export type Faults = z.infer<typeof schema>;

export interface FaultBox {
  /** @throws AwsError that names what is misspelt */
  replace(body: string): void;
  /** What has not yet happened. */
  left(): Faults;
  hasCapacity(instanceTypes: readonly string[]): boolean;
  /** spark.memory.fraction of the next job, if it is to be another than what the job asks for. */
  memoryFraction(): number | undefined;
  /** @throws AwsError with the service's own name and status, while requests of that operation are to be refused */
  throttle(operation: FaultyOperation): void;
  /** Whether the answer to this request gets lost. */
  losesAnswer(operation: FaultyOperation): boolean;
  /** Whether a node group of that age still has no nodes. */
  isPending(ageSeconds: number): boolean;
  /** Part of the time that the nodes of the next job run; 1 is all of it. */
  nodesShare(): number;
  /** Memory limit of the next job's executor pods, if it is to be less than they use. */
  tightPodsMiB(): number | undefined;
}

export function faultBox(): FaultBox {
  let faults: Faults = {};
  return {
    replace(body) {
      faults = parsed(body);
    },
    left: () => faults,
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
    throttle(operation) {
      const requests = faults.throttled?.[operation] ?? 0;
      if (requests < 1) return;
      faults = { ...faults, throttled: { ...faults.throttled, [operation]: requests - 1 } };
      throw throttled(operation);
    },
    losesAnswer(operation) {
      const answers = faults.lostAnswers?.[operation] ?? 0;
      if (answers < 1) return false;
      faults = { ...faults, lostAnswers: { ...faults.lostAnswers, [operation]: answers - 1 } };
      return true;
    },
    isPending: (ageSeconds) => ageSeconds < (faults.pendingSeconds ?? 0),
    nodesShare() {
      const { slowNodes } = faults;
      if (slowNodes === undefined || slowNodes.jobs < 1) return 1;
      faults = { ...faults, slowNodes: { ...slowNodes, jobs: slowNodes.jobs - 1 } };
      return slowNodes.share;
    },
    tightPodsMiB() {
      const { tightPods } = faults;
      if (tightPods === undefined || tightPods.jobs < 1) return undefined;
      faults = { ...faults, tightPods: { ...tightPods, jobs: tightPods.jobs - 1 } };
      return tightPods.memoryMiB;
    },
  };
}

function parsed(body: string): Faults {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", 400, "The request's body is no JSON.");
  }
  const result = schema.safeParse(json);
  if (!result.success) throw validationError(z.prettifyError(result.error));
  return result.data;
}

/** RequestThrottledException of emr-containers 2020-10-01 and ThrottlingException of eks 2017-11-01, with their models' statuses. */
function throttled(operation: FaultyOperation): AwsError {
  return operation === "StartJobRun" || operation === "DescribeJobRun"
    ? new AwsError("RequestThrottledException", 400, "Rate exceeded")
    : new AwsError("ThrottlingException", 429, "Rate exceeded");
}
