// Package fresh gives the controllers a client that never shows an object as it was before their own last write.
//
// A cache learns of a write some time after it, seconds on a busy API server. A reconciliation that begins meanwhile would compute
// from what it has itself replaced, make its requests for nothing, and fail with a conflict at last. So whatever this client has
// written is remembered by its version until the cache shows that or a later one; until then Get asks the API server. After a
// write of which it is not known what came of it, a conflict or a lost answer, it asks as well.
//
// It owns that memory: a few bytes for an object that has been written and was not looked at again. It imports nothing of this
// module. A Client is safe for concurrent use. Lists come from the cache as they are.
//
// Start reading at Client.Get.
package fresh
