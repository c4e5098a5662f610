// Package manifest writes Folder objects from what an account holds: for whoever takes a live account into Git.
//
// Applying them changes nothing: each names its folder and what lies in it, and leaves alone whatever else comes into it. The package reads
// with the client that it is given, keeps nothing, and is safe for concurrent use.
//
// Start reading at Folders.
package manifest
