package traffic

// heldBack is the refusal of an earlier request, given to a later one that was not sent.
type heldBack struct{ error }

// HeldBack gives the refusal of an earlier request to a later one that is not sent because of it.
func HeldBack(refusal error) error { return heldBack{refusal} }

// Unwrap returns the earlier refusal.
func (h heldBack) Unwrap() error { return h.error }

// Unsent says that the later request provably never left.
func (heldBack) Unsent() bool { return true }
