/** On EMR s3:// is a scheme of its images; here Hadoop's S3A takes it, against the emulator. */
export function s3aSettings({
  awsEndpoint,
  region,
}: {
  readonly awsEndpoint: string;
  readonly region: string;
}): Record<string, string> {
  return {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.endpoint": awsEndpoint,
    "spark.hadoop.fs.s3a.endpoint.region": region,
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
  };
}
