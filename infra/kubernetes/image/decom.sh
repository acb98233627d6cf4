#!/bin/bash
# Spark's preStop hook (spark.kubernetes.decommission.script): tells the executor that its node goes, and waits until what it has
# cached has moved, for as long as the pod's grace period lets it.
executor=$(pgrep -f org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend | head -1)
[[ $executor ]] || exit 0
kill -s PWR "$executor"
timeout 110 tail --pid="$executor" -f /dev/null
