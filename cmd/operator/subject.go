package main

import (
	"context"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// ownSubject asks the API server who we are, for what people are told to grant; empty if it does not say.
func ownSubject(ctx context.Context, direct client.Client) string {
	review := &authenticationv1.SelfSubjectReview{}
	if err := direct.Create(ctx, review); err != nil {
		log.FromContext(ctx).V(1).Info("The API server does not say who the operator is", "reason", err.Error())
		return ""
	}
	return subjectOf(review.Status.UserInfo.Username)
}

// subjectOf is how kubectl names a user where it grants something.
func subjectOf(user string) string {
	if account, ok := strings.CutPrefix(user, "system:serviceaccount:"); ok {
		return "--serviceaccount=" + account
	}
	return "--user=" + user
}
