// Package output prints what the verbs of the plugin answer, all in the same five formats.
//
// It knows lists and documents, and neither Kubernetes nor REG.API. A table shortens nothing: on a terminal, what does not fit
// into its row goes on below it, and elsewhere a row is a line. Nothing is coloured. Start reading at List.Print.
package output
