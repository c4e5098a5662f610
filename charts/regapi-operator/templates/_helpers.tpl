{{/* What the Deployment, its Service and its ServiceAccount are called. */}}
{{- define "regapi.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/*
What an object is called here that config/ calls .name: "operator" is the operator itself, and what
is not part of it has the name without that ending. So a release called regapi-operator has the
names of config/default.
*/}}
{{- define "regapi.named" -}}
{{- $fullname := include "regapi.fullname" .context -}}
{{- if hasPrefix "operator" .name -}}
{{- printf "%s%s" $fullname (trimPrefix "operator" .name) -}}
{{- else -}}
{{- printf "%s-%s" (trimSuffix "-operator" $fullname) .name -}}
{{- end -}}
{{- end -}}

{{- define "regapi.serviceAccount" -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: name the ServiceAccount that is there, or let serviceAccount.create be true" -}}
{{- end -}}
{{- default (include "regapi.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* The labels that select the pods of this release. */}}
{{- define "regapi.selector" -}}
app.kubernetes.io/name: regapi-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "regapi.labels" -}}
{{ include "regapi.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "regapi.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The subjects of a binding that grants something to the operator. */}}
{{- define "regapi.subjects" -}}
- kind: ServiceAccount
  name: {{ include "regapi.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/*
The roles and bindings of a file below files/, which are those of config/, under the names and in
the namespace of this release.
*/}}
{{- define "regapi.access" -}}
{{- $context := .context -}}
{{- range splitList "\n---\n" (printf "\n%s" ($context.Files.Get .file)) }}
{{- $object := fromYaml . }}
{{- with $object.kind }}
---
apiVersion: {{ $object.apiVersion }}
kind: {{ $object.kind }}
metadata:
  name: {{ include "regapi.named" (dict "context" $context "name" $object.metadata.name) }}
  {{- if has $object.kind (list "Role" "RoleBinding") }}
  namespace: {{ $context.Release.Namespace }}
  {{- end }}
  labels:
    {{- include "regapi.labels" $context | nindent 4 }}
    {{- with $object.metadata.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- with $object.rules }}
rules:
{{ toYaml . }}
{{- end }}
{{- with $object.roleRef }}
roleRef:
  apiGroup: {{ .apiGroup }}
  kind: {{ .kind }}
  name: {{ hasPrefix "system:" .name | ternary .name (include "regapi.named" (dict "context" $context "name" .name)) }}
{{- end }}
{{- with $object.subjects }}
subjects:
{{- range . }}
{{- if eq .name "cert-manager" }}
- kind: ServiceAccount
  name: {{ $context.Values.certManager.serviceAccount.name }}
  namespace: {{ $context.Values.certManager.serviceAccount.namespace }}
{{- else }}
{{ include "regapi.subjects" $context }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Whether a kind of the Prometheus operator is made: {context, when, kind}. */}}
{{- define "regapi.monitored" -}}
{{- $known := .context.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind) -}}
{{- if and .context.Values.metrics.enabled (or (eq .when "always") (and (eq .when "auto") $known)) -}}true{{- end -}}
{{- end -}}

{{/* Nine tenths of a quantity of memory, as Go reads it: rather collect garbage more often than be killed. */}}
{{- define "regapi.ninetenths" -}}
{{- $quantity := kindIs "string" . | ternary (toString .) (toString (int64 .)) -}}
{{- $number := regexFind "^[0-9]+" $quantity -}}
{{- $unit := trimPrefix $number $quantity -}}
{{- $bytes := get (dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824) $unit -}}
{{- if or (not $number) (not $bytes) -}}
{{- fail (printf "resources.limits.memory: %s is not understood; write a whole number and Ki, Mi, Gi, k, M or G, such as 512Mi" $quantity) -}}
{{- end -}}
{{- printf "%dKiB" (div (mul (int64 $number) (int64 $bytes) 9) 10240) -}}
{{- end -}}
