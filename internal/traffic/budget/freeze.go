package budget

import "time"

// The pauses after the server's own refusals for the rate. How long it blocks is not documented
// (1.2), so each pause is twice the one before.
const (
	firstFreeze = 5 * time.Minute
	maxFreeze   = time.Hour
	// probeRest is the pause after a probe that was sent and told nothing.
	probeRest = time.Minute
)

// freeze is the pause that follows a refusal for the rate. When it is over, one request goes as a
// probe; the rest follows once the probe has succeeded.
type freeze struct {
	until time.Time
	// pause is the length of the last pause; 0 means that requests flow.
	pause   time.Duration
	probing bool
}

// begin starts a pause, which lasts at least as long as the server asked for, within the longest. Requests that were on their way
// when it started make it longer only by what they were asked.
func (f *freeze) begin(now time.Time, asked time.Duration) {
	if !now.Before(f.until) {
		f.pause = min(max(firstFreeze, 2*f.pause), maxFreeze)
		f.until = now.Add(f.pause)
	}
	if until := now.Add(min(asked, maxFreeze)); until.After(f.until) {
		f.until = until
	}
}

// adopt takes over a pause that another process has seen; one that is over tells nothing any more.
func (f *freeze) adopt(until time.Time, pause time.Duration, now time.Time) {
	if until.After(now) && until.After(f.until) {
		f.until, f.pause = until, pause
	}
}

// wait returns the rest of the pause, and whether a probe has to come back first.
func (f *freeze) wait(now time.Time) (rest time.Duration, hold bool) {
	return max(0, f.until.Sub(now)), f.probing
}

// admit notes that a request goes now and tells whether it is a probe.
func (f *freeze) admit() (probe bool) {
	f.probing = f.pause > 0
	return f.probing
}

// endProbe draws the conclusion from a probe. One without a verdict leaves the next one due: at once if it never left, and a
// little later if it did.
func (f *freeze) endProbe(now time.Time, o Outcome) {
	f.probing = false
	switch {
	case o.Answered:
		f.pause = 0
	case !o.Unsent && !now.Before(f.until):
		f.until = now.Add(probeRest)
	}
}
