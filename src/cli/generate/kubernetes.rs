//! A CronJob.

use anyhow::Result;
use copydesk::Error;

use super::{Generate, UnitFile, final_codes, quoted};

/// Where the configuration is mounted.
const CONFIG: &str = "/etc/copydesk";

pub(super) fn manifest(job: &Generate) -> Result<UnitFile> {
    let refuse = |what: &str| Err(Error::Setup(what.to_owned()).into());
    if job.metrics.is_some() {
        return refuse(
            "`--metrics` is for a collector on the same machine, which a pod does not have",
        );
    }
    if job.output_folder().parent().is_none() {
        return refuse("the output must lie in a folder, for a volume to be mounted there");
    }
    let user = job.user.as_deref().unwrap_or("10001");
    if user.parse::<u32>().is_err() {
        return refuse("Kubernetes knows users by number: `--user 10001`");
    }
    let (name, binary) = (&job.name, quoted(&job.binary.to_string_lossy()));
    let arguments: Vec<_> = job
        .arguments(&["--log-format", "json", "--allow-unreadable"])
        .into_iter()
        .map(|argument| format!("                - {}\n", quoted(&argument.replace('$', "$$"))))
        .collect();
    let arguments = arguments.concat();
    let (schedule, image) = (quoted(&job.schedule.cron()), quoted(&job.image));
    let (dump, folder) = (job.dump.to_string_lossy(), job.output_folder().to_string_lossy());
    let (dump, folder) = (quoted(&dump), quoted(&folder));
    let (mut mount, mut volume) = (String::new(), String::new());
    if let Some(config) = &job.config {
        let parent = config.parent().map_or(CONFIG.into(), |parent| parent.to_string_lossy());
        mount = format!(
            "                - {{ name: config, mountPath: {}, readOnly: true }}\n",
            quoted(&parent)
        );
        volume =
            format!("            - {{ name: config, configMap: {{ name: {name}-config }} }}\n");
    }
    let codes = final_codes(", ");
    let text = format!(
        r#"# copydesk: cleans the dump and publishes the result as a whole, or not at all.
# Claims {name}-dump and {name}-output hold the dump and the folder with the output{config_note}.
# Kubernetes has no "done, but": with --allow-unreadable, input that could not be read is in the log and in rejected.csv.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
spec:
  schedule: {schedule}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  jobTemplate:
    spec:
      backoffLimit: 3
      podFailurePolicy:
        rules:
          # Another try would fail the same way.
          - action: FailJob
            onExitCodes:
              operator: In
              values: [{codes}]
          # An eviction is no failure: the next pod goes on.
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 60
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: {user}
            fsGroup: {user}
          containers:
            - name: copydesk
              image: {image}
              command: [{binary}]
              args:
{arguments}              # The last line of the log is the cause.
              terminationMessagePolicy: FallbackToLogsOnError
              resources:
                requests: {{ cpu: "1", memory: 2Gi }}
                limits: {{ memory: 2Gi }}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {{ drop: [ALL] }}
              volumeMounts:
                - {{ name: dump, mountPath: {dump}, readOnly: true }}
                - {{ name: output, mountPath: {folder} }}
{mount}          volumes:
            - {{ name: dump, persistentVolumeClaim: {{ claimName: {name}-dump, readOnly: true }} }}
            - {{ name: output, persistentVolumeClaim: {{ claimName: {name}-output }} }}
{volume}"#,
        config_note = match job.config {
            Some(_) => format!("; ConfigMap {name}-config the configuration file"),
            None => String::new(),
        },
    );
    Ok(UnitFile { name: format!("{name}.yaml"), text })
}
