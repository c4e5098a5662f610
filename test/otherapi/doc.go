// Package otherapi is a second fake of REG.API, written from its documentation alone, with other habits than the simulator.
//
// REG.API leaves much open: how it spells what it lists, what becomes of a record that is added twice, which form an error of one domain
// has. What the simulator guesses and the client guesses alike is a mistake that no test of the two finds. So this package imports nothing
// of this module, and every such guess is a habit of which each value occurs in production, in the documentation, or in the fears of who
// wrote this. Faults come by a seed, and end.
//
// The test of this package runs the real operator against twenty-four of these fakes. Start reading at Server, then Habits.
package otherapi
