package events

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	// seriesLife is how long after the last of a series an equal event begins another: that of client-go.
	seriesLife = 6 * time.Minute
	// maxSeries bounds the series that are remembered from one rotation to the next.
	maxSeries = 8192
)

// seriesKey stands for all that events of one series have in common.
type seriesKey [16]byte

// keyOf tells events apart by everything that people read: another text is another event.
func keyOf(event *eventsv1.Event) (key seriesKey) {
	hash := sha256.New()
	for _, part := range []string{string(event.Regarding.UID), event.Regarding.Kind, event.Namespace, event.Regarding.Name, event.Type, event.Reason, event.Action, event.Note} {
		fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	if event.Related != nil {
		fmt.Fprint(hash, event.Related.UID)
	}
	copy(key[:], hash.Sum(nil))
	return key
}

// tally is when a series began and when its last event was, in nanoseconds as names have them, and how many it has; none of a series that is not known.
type tally struct {
	first, last int64
	count       int32
}

// series remembers what was told within the last minutes, in two generations: the elder is forgotten as a whole.
type series struct {
	young, elder map[seriesKey]tally
	rotated      time.Time
}

// rotate forgets what is too old, or too much.
func (s *series) rotate(now time.Time) {
	age := now.Sub(s.rotated)
	switch {
	case age >= 2*seriesLife: // Neither has been looked at since.
		s.young, s.elder, s.rotated = nil, nil, now
	case age >= seriesLife, len(s.young) >= maxSeries:
		s.young, s.elder, s.rotated = nil, s.young, now
	}
	if s.young == nil {
		s.young = map[seriesKey]tally{}
	}
}

// begin remembers the first event of a series.
func (s *series) begin(key seriesKey, at time.Time) {
	s.rotate(at)
	s.young[key] = tally{at.UnixNano(), at.UnixNano(), 1}
}

// next counts one more event of a series, where there is one.
func (s *series) next(key seriesKey, at time.Time) tally {
	s.rotate(at)
	known := s.of(key)
	if known.count == 0 {
		return known
	}
	known.count++
	known.last = max(known.last, at.UnixNano())
	s.young[key] = known
	return known
}

// of is what is known of a series.
func (s *series) of(key seriesKey) tally {
	if known, ok := s.young[key]; ok {
		return known
	}
	return s.elder[key]
}

// nameFor makes a name for an event that began at a time, in nanoseconds. Of a long name only as much stays as fits.
func nameFor(regarding string, first int64) string {
	ending := fmt.Sprintf(".%x", first)
	most := validation.DNS1123SubdomainMaxLength - len(ending)
	return strings.TrimRight(regarding[:min(len(regarding), most)], ".-") + ending
}

// seriesPatch is the kind of patch that a tally makes: the API server knows no other way to write a series alone.
const seriesPatch = types.MergePatchType

// patch says how many events of a series there were, and when the last was.
func (t tally) patch() []byte {
	return fmt.Appendf(nil, `{"series":{"count":%d,"lastObservedTime":%q}}`, t.count, time.Unix(0, t.last).UTC().Format(metav1.RFC3339Micro))
}
