package main

import "testing"

func TestWhoTheOperatorIsIsSaidAsKubectlTakesIt(t *testing.T) {
	for user, want := range map[string]string{
		"system:serviceaccount:regapi-system:regapi-operator": "--serviceaccount=regapi-system:regapi-operator",
		"somebody": "--user=somebody",
	} {
		if got := subjectOf(user); got != want {
			t.Errorf("%s: %s, want %s", user, got, want)
		}
	}
}
