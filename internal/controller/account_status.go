package controller

import (
	"time"
)

// outcome turns what the phases found into the status.
func (s *accountScope) outcome(err error, resync time.Duration) outcome {
	s.account.Status.SecretVersion = ""
	if s.connection != nil {
		s.account.Status.SecretVersion = s.connection.SecretVersion
	}
	if err != nil {
		return outcomeOf(err)
	}
	s.account.Status.UserID = s.identity.UserID.String()
	return succeeded("REG.API accepts the credentials", resync)
}
