// Package harness runs real programs on loopback for the end-to-end tests: a control plane, the REG.API simulator, the
// operator, and whatever a test starts beside them.
//
// Every function takes the test that it works for, and everything that is started ends with that test. So what several
// tests share belongs to the test that they are subtests of:
//
//	plane := harness.StartControlPlane(t)
//	api := harness.StartSimulator(t)
//	operator := plane.StartOperator(t, api)
//	t.Run("…", func(t *testing.T) { t.Parallel(); … })
//
// When a test fails, the end of every log of what was started for it, or for a test above it, is shown.
//
// The programs come from bin/ of the repository and from KUBEBUILDER_ASSETS; `make test-e2e` builds them first. A test
// without its programs fails. Package harness knows nothing of external-dns and of cert-manager.
package harness
