package traffic

// heldBack is the refusal of an earlier request, given to a later one that was not sent.
type heldBack struct{ error }

// Unwrap returns the earlier refusal.
func (h heldBack) Unwrap() error { return h.error }

// Unsent says that the later request provably never left.
func (heldBack) Unsent() bool { return true }
