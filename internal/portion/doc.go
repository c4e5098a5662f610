// Package portion decides how much of a list one request holds, from how the requests before it fared.
//
// It owns the one rule for every list of REG.API: a list that fails as a whole is halved until what spoils it is alone, and only
// a single element is blamed; a list whose answer is too large, or too slow, is halved, the size that passes is remembered, and
// larger ones are tried again, ever more rarely as they go on failing.
//
// It imports nothing. A [Size] is not safe for concurrent use: it belongs to whoever makes up the requests.
package portion
