// Package folder decides what has to change in a folder of REG.API, and changes it.
//
// It owns the plan: what is to be put in, taken out or moved to another folder, as the difference between what somebody wants
// and what the folder holds; the guard, which objects to a plan that takes out too much; and the one way in which a plan is carried out, by
// lists of up to 1000 services (12.6, 12.7, 12.9). folder/replace_services is never called: it empties the folder first (12.8).
//
// What is declared is owned: what leaves the declaration is taken out if it was declared before, and what nobody declared is left alone,
// unless the folder is exclusive.
//
// A plan is pure: a value made of values. The package stands on the protocol (regapi) and on the size of portions, and imports nothing of
// Kubernetes. [IDs] and [Plan] are values that belong to the caller; nothing here is safe for concurrent use, or has to be.
//
// Start reading at New, then Carry.
package folder
