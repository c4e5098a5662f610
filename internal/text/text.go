// Package text makes texts fit where people read them: conditions, events, lists in a status.
//
// It imports nothing of this module. Its functions are safe for concurrent use.
package text

// Shorten cuts a text to at most limit bytes, between characters.
func Shorten(text string, limit int) string {
	const ellipsis = "…"
	if len(text) <= limit {
		return text
	}
	cut := limit - len(ellipsis)
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + ellipsis
}
