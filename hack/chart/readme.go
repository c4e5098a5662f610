package main

// introduction is what the chart's README says before its table of values.
const introduction = `<!-- Made by make chart from values.yaml and hack/chart. -->
# regapi-operator

Domains and DNS zones at REG.RU as Kubernetes objects, with a provider for external-dns and a DNS01 solver for cert-manager.

    helm install regapi-operator charts/regapi-operator --namespace regapi-system --create-namespace \
      --set image.repository=your-registry/regapi-operator

What to do next is printed then. Kubernetes 1.30 or later is needed.

- **The release's name.** Called ` + "`regapi-operator`" + `, its objects have the names that the other pages use. One release a cluster.
- **Upgrade.** ` + "`helm upgrade`" + ` brings the CRDs along. From an installation by kustomize, in the same namespace: delete its Deployment, whose pods are selected in another way, and then ` + "`helm install --take-ownership --force-conflicts`" + ` (Helm 4) takes over what is there. CRDs and objects stay.
- **Uninstall.** ` + "`helm uninstall`" + ` removes the solver's APIService first, and leaves the CRDs with every object of theirs. What else to mind says docs/uninstall.md.
- **Accounts elsewhere.** Secrets are read in the namespace of the release and in those of ` + "`secrets.namespaces`" + ` alone; the Account of another one says SecretForbidden, and how to allow it.

## Values

| value | default | |
|---|---|---|
`
