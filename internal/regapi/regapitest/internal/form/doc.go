// Package form turns the body of a request into parameters, and an answer into bytes, in every form that REG.API documents: plain fields and
// input_data in JSON or XML on the way in (2.2), JSON, YAML, XML and PLAIN on the way out (2.3.1), in five encodings.
//
// It owns what is on the wire and knows nothing of the world behind it: of this module it imports the catalogue, for the names of lists, and
// package refusal. [Params] belong to one request and may be read from any goroutine while nobody writes them; nil Params hold nothing. [Format]
// and [Encoding] are values from fixed tables, and may be copied.
//
// Start reading at [Decode] and [Format.Encode].
package form
