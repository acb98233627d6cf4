/** Where EKS places no control plane (EKS User Guide, "VPC and subnet considerations"). */
const refusedByEks = new Set(["use1-az3", "usw1-az2", "cac1-az3"]);

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/**
 * The first two or three, by name.
 *
 * @param available availability zones of the region, without local zones
 * @throws Error when there are fewer than two
 */
export function chooseZones(available: readonly Zone[]): string[] {
  const names = available.filter(({ id }) => !refusedByEks.has(id)).map(({ name }) => name);
  if (names.length < 2)
    throw new Error(
      `EKS needs two availability zones, and this region offers ${names.length}. Choose another --region.`,
    );
  return names.toSorted().slice(0, 3);
}
